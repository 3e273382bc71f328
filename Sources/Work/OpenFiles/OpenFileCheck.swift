import DomainXML
import Lint
import Reports
import SystemPackage

/// Checks texts that an editor holds as `check FILE` would check the files if the editor had saved them.
///
/// Policies, hosts and recorded findings are kept until one of their files changes.
package final class OpenFileCheck {
    private let settings: Settings
    private let reader: DomainReader
    private var sources: InputSources?
    private var stamps = FileStamps()
    private var noted: Set<FilePath> = []

    /// - Parameter settings: those of a `check`.
    package init(_ settings: Settings) {
        self.settings = settings
        reader = DomainReader(maximumDomainSize: settings.maximumDomainSize)
    }

    // MARK: Policies

    /// Forgets policies, hosts and recorded findings, if one of their files has changed.
    ///
    /// - Returns: whether they were forgotten, so that files may be judged otherwise now.
    package func refresh() -> Bool {
        if stamps.areCurrent { return false }
        forget()
        return true
    }

    /// Forgets policies, hosts and recorded findings.
    package func forget() {
        sources = nil
        stamps = FileStamps()
        noted = []
    }

    /// Judges by the policy that applies to a file.
    ///
    /// - Parameter file: nil for a text that has no place on this machine.
    /// - Throws: what is wrong with the settings, the policy or its hosts.
    package func judge(for file: FilePath?) throws -> Judge { try policy(for: input([], of: file)).judge }

    private func policy(for input: InputFile) throws -> PreparedPolicy { try currentSources(for: input).policy(for: input) }

    private func currentSources(for input: InputFile) throws -> InputSources {
        note(input.directory)
        if let sources { return sources }
        let new = InputSources(try PolicyLookup(settings, purpose: .check), recordsBelow: nil, blobs: GitBlobs())
        sources = new
        return new
    }

    private func note(_ directory: FilePath?) {
        let directory = directory ?? "/"
        guard noted.insert(directory).inserted else { return }
        for path in PolicyLookup.files(decidingAbout: directory, settings) { stamps.note(path) }
    }

    // MARK: Definitions

    private func input(_ content: [UInt8], of file: FilePath?) -> InputFile {
        guard let file else { return InputFile(name: "<stdin>", content: .bytes(content), directory: nil, path: "-") }
        var input = InputFile.file(file)
        input.content = .bytes(content)
        return input
    }

    /// Judges a text.
    ///
    /// Malformed XML is a problem only if its root is a domain's, or cannot be told: an editor opens other files too.
    ///
    /// - Parameter file: nil for a text that has no place on this machine.
    package func check(_ content: [UInt8], of file: FilePath?) -> OpenFileReport {
        var report = OpenFileReport()
        let input = input(content, of: file)
        do {
            let sources = try currentSources(for: input)
            let pass = try pass(over: input, sources)
            do {
                try read(content, into: pass)
                if pass.domains == 0, pass.strange.count < JudgingPass.mostStrange, let cpu = LoneCPU(pass.strange) {
                    report.findings = try findings(of: cpu, in: input, sources)
                }
            } catch let error as MalformedInput {
                let isStrange = StrangeInput.remark(
                    on: content, named: input.name, wasFound: pass.domains == 0, isIllFormed: error.kind == .malformed) != nil
                if !isStrange { report.problems.append(Problem(position: error.position, message: error.message)) }
            }
            report.findings += pass.news
            for failure in try sources.policy(for: input).judge.hostFailures { report.problems.append(ReportedFailure(failure).problem) }
        } catch {
            report.problems.append(ReportedFailure(error).problem)
        }
        return report
    }

    private func findings(of cpu: LoneCPU, in input: InputFile, _ sources: InputSources) throws -> [Finding] {
        let pass = try pass(over: input, sources)
        try read(cpu.bytes, into: pass)
        return pass.news.map(cpu.placed)
    }

    private func pass(over input: InputFile, _ sources: InputSources) throws -> JudgingPass {
        let policy = try sources.policy(for: input)
        return JudgingPass(
            judge: policy.judge, name: input.name, path: policy.path(of: input), fixes: false, leavingOut: LeftOutFixes(),
            comment: nil, known: try sources.known(for: input), earlier: nil)
    }

    private func read(_ content: [UInt8], into handler: any DomainStreamHandler) throws {
        reader.restart(for: handler)
        defer { reader.restart(for: nil) }
        try content.withUnsafeBytes { try reader.feed($0) }
        try reader.finish()
    }

    // MARK: Changes

    /// The text after `check --fix`; nil if nothing is fixed, and for a text that cannot be judged.
    package func fixed(_ content: [UInt8], of file: FilePath?) -> [UInt8]? {
        let input = input(content, of: file)
        guard let sources = try? currentSources(for: input) else { return nil }
        return try? InputChecker(settings, mode: .report, sources, nil, comment: nil, []).fixed(input)
    }

    /// The edit that suppresses a finding's rule in the domain that the finding is about. Nil where there is no place for a
    /// comment: outside a domain, in a domain that runs, and for the rule about such comments.
    package func suppression(of finding: Finding, in content: [UInt8], reason: String) -> Edit? {
        guard let comment = try? SuppressionComment(rules: [finding.rule], reason: reason) else { return nil }
        let pass = SuppressionPass(finding, comment)
        try? read(content, into: pass)
        return pass.edit
    }

    // MARK: Policies that are being written

    /// What is wrong with the text of a policy or with the hosts that it names; nil if nothing is.
    package func problem(inPolicy content: [UInt8], of file: FilePath) -> Problem? {
        do {
            try PolicyLookup(settings, purpose: .check).check(content, of: file)
            return nil
        } catch {
            return ReportedFailure(error).problem
        }
    }
}
