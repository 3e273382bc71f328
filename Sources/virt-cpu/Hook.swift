import ArgumentParser
import DomainXML
import Lint

/// `virt-cpu hook`: what other programs call before they start a guest, or keep a definition.
struct Hook: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hooks of git, libvirt, KubeVirt and VDSM.",
        subcommands: [
            PreCommitHook.self, PreReceiveHook.self, LibvirtHook.self, KubeVirtHook.self, VDSMHook.self,
        ])
}

/// What a hook says of a guest that it does not let start. It ends up inside another program's error message, so it is
/// short: no places, no source lines, no colours.
struct HookRefusal {
    /// Beyond these only their number is said.
    static let limit = 5

    /// - Parameter helps: of a guest with memory the CPU cannot be changed any more, so that there is no advice.
    static func text(_ heading: String, _ findings: [Finding], helps: Bool = true) -> String {
        var text = "virt-cpu: \(printable(heading)):\n"
        for finding in findings.prefix(limit) {
            text += "  \(printable(finding.message)) [\(finding.rule)]\n"
            if helps, let help = finding.help { text += "    help: \(printable(help))\n" }
        }
        if findings.count > limit { text += "  and \(findings.count - limit) more\n" }
        return text
    }
}

/// A definition as a hook is handed it, rewritten to the policy's default: the whole of it or none.
struct HookRewriting {
    /// The input's bytes with the edits in them.
    private(set) var output: [UInt8] = []
    private(set) var isChanged = false
    /// What counts against the guest (`--fail-on`); nothing is to be used of the output then.
    private(set) var refusals: [Finding] = []
    /// As the definition names it; empty when it does not.
    private(set) var guest = ""

    /// - Parameters:
    ///   - name: for messages.
    ///   - options: without `--config` the machine's policy holds, and none that lies about.
    /// - Throws: `IOFailure` for what is no domain, and whatever is wrong with the policy.
    init(_ bytes: [UInt8], named name: String, _ options: JudgingOptions) throws {
        var lookup = try PolicyLookup(options, purpose: .rewrite)
        let stream = Stream(try lookup.judge(forDirectory: nil).judge)
        do {
            let reader = DomainReader(maximumDomainSize: options.maxDomainSize.bytes, handler: stream)
            try bytes.withUnsafeBytes { try reader.feed($0) }
            try reader.finish()
        } catch let error as MalformedInput {
            throw IOFailure(message: "\(name):\(error.position): \(error.message)")
        }
        guard let guest = stream.guest else { throw IOFailure(message: "\(name) holds no domain") }
        if let failure = stream.judge.hostFailures.first { throw failure }
        output = stream.output
        isChanged = stream.isChanged
        refusals = stream.findings.filter(options.counts)
        self.guest = guest
    }

    private final class Stream: DomainStreamHandler {
        let judge: Judge
        var output: [UInt8] = []
        var findings: [Finding] = []
        var isChanged = false
        var guest: String?

        init(_ judge: Judge) { self.judge = judge }

        func passThrough(_ bytes: UnsafeRawBufferPointer) { output += bytes }

        func document(_ document: Document) throws -> Bool {
            guard let domain = document.domains.first else { return false }
            guest = guest ?? domain[domain.name?.text] ?? ""
            let verdict = judge.judge(document)
            findings += verdict.findings
            isChanged = isChanged || !verdict.edits.isEmpty
            document.write(applying: verdict.edits) { output += $0 }
            return true
        }
    }
}
