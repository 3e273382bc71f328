import DomainXML
import Hosts
import Lint
import TestSupport

/// One way to call `filter`, for this process and for the executable.
struct Configuration: Sendable {
    var target: String
    var hosts: [String] = []
    var isNewGuest = true
    /// `--fail-on error` rather than `never`.
    var refuses = false

    static let all = [
        Configuration(target: "host-model"),
        Configuration(target: "hv-default"),
        Configuration(target: "Skylake-Server-IBRS", isNewGuest: false),
        Configuration(target: "host-model-only", hosts: ["hv01"]),
        Configuration(target: "maximum", refuses: true),
        Configuration(target: "pin", hosts: ["hv01"], isNewGuest: false),
        Configuration(target: "baseline", hosts: ["hv01", "hv02"], refuses: true),
        Configuration(target: "keep", isNewGuest: false, refuses: true),
    ]

    private var hostFiles: [String] { hosts.map { "\(Corpus.repository)/Examples/hosts/\($0).capabilities.xml" } }

    /// What follows the executable's name.
    var arguments: [String] {
        ["filter", "--no-config", "--no-local", "--quiet", "--default", target, "--fail-on", refuses ? "error" : "never"]
            + hostFiles.flatMap { ["--host", $0] } + (isNewGuest ? ["--new-guest"] : [])
    }

    func judge() throws -> Judge {
        var overrides = Overrides()
        overrides.target = try Target(target)
        overrides.isNewGuest = isNewGuest
        var hosts = try HostFiles.read(hostFiles.map { ($0, Corpus.read($0)) })
        // As where they are named on the command line.
        for index in hosts.indices { hosts[index].scope = .every }
        return Judge(policy: Policy(), hosts: hosts, overrides: overrides, purpose: .rewrite)
    }
}

/// What `filter` makes of a stream, and what became of each part of it.
final class Filtered: DomainStreamHandler {
    /// A definition that was written or held back as one; places in the input and in `output`.
    struct Part {
        var input: Range<Int>
        var output: Range<Int>
        var isWritten: Bool
        /// What was read of a domain that is a document by itself.
        var reading: Reading?
    }

    let judge: Judge
    private let refuses: Bool
    private(set) var output: [UInt8] = []
    private(set) var parts: [Part] = []
    private(set) var error: MalformedInput?
    /// Findings at places that the definition does not have.
    private(set) var misplaced: [String] = []

    /// - Parameter chunks: the input is cut after so many bytes, again and again.
    init(_ bytes: [UInt8], _ judge: Judge, refuses: Bool, chunks: [Int] = [Int.max]) {
        self.judge = judge
        self.refuses = refuses
        let reader = DomainReader(handler: self)
        do {
            try bytes.withUnsafeBytes { bytes in
                var place = 0, turn = 0
                while place < bytes.count {
                    let end = place + min(chunks[turn % chunks.count], bytes.count - place)
                    try reader.feed(UnsafeRawBufferPointer(rebasing: bytes[place..<end]))
                    place = end
                    turn += 1
                }
            }
            try reader.finish()
        } catch {
            self.error = error as? MalformedInput
        }
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) { output.append(contentsOf: bytes) }

    func document(_ document: Document) -> Bool {
        let verdict = judge.judge(document)
        for finding in verdict.findings where !document.span.range.contains(finding.span.range) || finding.end.line < finding.start.line {
            misplaced.append("\(finding.rule) at \(finding.span) of \(document.span)")
        }
        let isWritten = !(refuses && verdict.findings.contains { $0.severity >= .error && !$0.isFixed })
        let start = output.count
        if isWritten { document.write(applying: verdict.edits) { output.append(contentsOf: $0) } }
        let alone = document.domains.count == 1 && document.domains[0].container == .root ? document.domains[0] : nil
        parts.append(
            Part(input: document.span.range, output: start..<output.count, isWritten: isWritten, reading: alone.map(Reading.init)))
        return isWritten
    }

    /// The exit status that the executable would have.
    var status: Int { error != nil ? 2 : parts.allSatisfy(\.isWritten) ? 0 : 1 }
}
