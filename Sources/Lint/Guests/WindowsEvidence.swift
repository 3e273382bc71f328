import DomainXML

/// How a domain shows that its guest runs Windows.
enum WindowsEvidence {
    /// The evidence in words, for messages; nil for a domain that shows none.
    ///
    /// A libosinfo id decides alone. Without an id, settings that only Windows uses decide.
    static func find(in domain: Domain) -> String? {
        if let id = domain.osinfoID {
            let isMicrosoft = domain.withUTF8(id) { bytes in
                startsWith(bytes, "http://microsoft.com/") || startsWith(bytes, "https://microsoft.com/")
            }
            // MS-DOS also has an id from Microsoft, but it is not Windows and needs no activation.
            guard isMicrosoft, !domain.withUTF8(id, { startsWith($0, "http://microsoft.com/msdos/") }) else { return nil }
            return "libosinfo id \(domain[id])"
        }
        if domain.is(domain.hypervMode, "passthrough") { return "Hyper-V enlightenments (hyperv mode='passthrough')" }
        if let flag = domain.enlightenments.first(where: { $0.state == nil || domain.is($0.state, "on") }) {
            return "Hyper-V enlightenments (\(domain[flag.name]))"
        }
        if domain.timers.contains(where: { domain.is($0.name, "hypervclock") && !domain.is($0.present, "no") }) {
            return "timer hypervclock"
        }
        if domain.is(domain.clockOffset, "localtime"), let name = domain[domain.name?.text],
            looksLikeWindows(name.lowercased())
        {
            return "clock offset='localtime' and the name \(quoted(name))"
        }
        return nil
    }

    private static func looksLikeWindows(_ name: String) -> Bool {
        guard let place = name.firstRange(of: "win") else { return false }
        // "darwin" and "twin" contain "win" too, but after a letter.
        let before = name[..<place.lowerBound].last
        return before == nil || !before!.isLetter || name.contains("windows")
    }
}
