import DomainXML

/// What shows that a domain's guest runs Windows, and how certain that is.
public struct WindowsEvidence: Sendable, Equatable, CustomStringConvertible {
    /// How certain it is that the guest runs Windows.
    public enum Grade: Sendable, Comparable {
        /// Only the name and the clock show it, or another sign speaks against it.
        case possible
        /// Settings that only Windows uses, or a description that names it.
        case likely
        /// The definition or the policy states it.
        case certain
    }

    /// The evidence in words, without the grade.
    let words: String
    /// How certain it is.
    public let grade: Grade

    /// The evidence in words, for messages.
    public var description: String {
        switch grade {
        case .certain: words
        case .likely: "likely, by \(words)"
        case .possible: "possibly, by \(words)"
        }
    }

    /// The evidence in a domain; nil if there is none.
    ///
    /// A libosinfo id decides alone, and so does the system that Unraid's template states. Without them, settings that only
    /// Windows uses count, then a title or description that names Windows, then the name together with a clock in local
    /// time. A sign of another system takes one grade away.
    static func find(in domain: Domain) -> WindowsEvidence? {
        if let id = domain.osinfoID { return stated(byLibosinfo: id, in: domain) }
        if let os = domain[domain.templateOS], !os.isEmpty {
            // Unraid's words are windows11, windows2016, windowsxp and so on; all others name another system.
            return os.lowercased().hasPrefix("win") ? WindowsEvidence(words: "template os \(quoted(os))", grade: .certain) : nil
        }
        if let words = setting(in: domain) {
            return WindowsEvidence(words: words, grade: hasSignOfAnotherSystem(domain) ? .possible : .likely)
        }
        if let text = text(in: domain) {
            return WindowsEvidence(words: text.words, grade: text.isStatement && !hasSignOfAnotherSystem(domain) ? .likely : .possible)
        }
        if domain.is(domain.clockOffset, "localtime"), let name = domain[domain.name?.text], SystemWords(name).couldNameWindows,
            !hasSignOfAnotherSystem(domain)
        {
            return WindowsEvidence(words: "clock offset='localtime' and the name \(quoted(name))", grade: .possible)
        }
        return nil
    }

    private static func stated(byLibosinfo id: DecodedText, in domain: Domain) -> WindowsEvidence? {
        let isMicrosoft = domain.withUTF8(id) { bytes in
            startsWith(bytes, "http://microsoft.com/") || startsWith(bytes, "https://microsoft.com/")
        }
        // MS-DOS also has an id from Microsoft, but it is not Windows and needs no activation.
        guard isMicrosoft, !domain.withUTF8(id, { startsWith($0, "http://microsoft.com/msdos/") }) else { return nil }
        return WindowsEvidence(words: "libosinfo id \(domain[id])", grade: .certain)
    }

    /// A setting that only Windows uses, in words. `vendor_id` is not one: it is also set for other guests, so that their
    /// drivers do not notice the hypervisor.
    private static func setting(in domain: Domain) -> String? {
        if domain.hypervFollowsHost, let mode = domain.hypervMode {
            return "Hyper-V enlightenments (hyperv mode='\(domain[mode])')"
        }
        let flag = domain.lastOfEach(domain.enlightenments).first {
            ($0.state == nil || domain.is($0.state, "on")) && !domain.is($0.name, "vendor_id")
        }
        if let flag { return "Hyper-V enlightenments (\(domain[flag.name]))" }
        let hasTimer = domain.timers.contains { domain.is($0.name, "hypervclock") && !domain.is($0.present, "no") }
        return hasTimer ? "timer hypervclock" : nil
    }

    /// The title or the description, if it names Windows, and whether it states that this is the system: CloudStack describes
    /// a domain by the name of its guest's system (`LibvirtComputingResource.createVMFromSpec`), and people write it there.
    private static func text(in domain: Domain) -> (words: String, isStatement: Bool)? {
        func sign(_ what: String, _ text: TextElement?) -> (words: String, isStatement: Bool)? {
            guard let text = text?.text, let words = SystemWords(text, in: domain) else { return nil }
            // "Moved from Windows to Debian" says nothing, and "Windows 11 with WSL Ubuntu" says less than without Ubuntu.
            guard words.nameWindows, words.stateWindows || !words.nameAnotherSystem else { return nil }
            let beginning = domain.beginning(of: text, bytes: SystemWords.mostBytes).prefix(60)
            return ("the \(what) \(quoted(String(beginning)))", words.stateWindows)
        }
        return sign("title", domain.title) ?? sign("description", domain.descriptionText)
    }

    /// A name, title or description that names another system, or a kernel that the host provides, as Linux can use.
    private static func hasSignOfAnotherSystem(_ domain: Domain) -> Bool {
        if domain.bootsKernel { return true }
        func isSign(_ text: TextElement?) -> Bool { SystemWords(text?.text, in: domain)?.nameAnotherSystem ?? false }
        return isSign(domain.name) || isSign(domain.title) || isSign(domain.descriptionText)
    }
}
