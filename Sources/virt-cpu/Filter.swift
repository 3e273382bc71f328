import ArgumentParser
import DomainXML
import Glibc
import Hosts
import Lint
import SystemPackage

/// `virt-cpu filter`: stdin to stdout.
struct Filter: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read domain XML from stdin, rewrite <cpu> to the policy's default, write it to stdout.",
        discussion: """
            Findings go to stderr. A domain that still has a finding at or above --fail-on is not written; the others \
            are. No byte outside <cpu> changes.
            """)

    @OptionGroup var options: JudgingOptions

    func run() throws {
        var lookup = try PolicyLookup(options, purpose: .rewrite)
        let prepared = try lookup.judge(forDirectory: ".")
        let handler = FilterStream(options, prepared.judge)
        let reader = DomainReader(maximumDomainSize: options.maxDomainSize.bytes, handler: handler)
        do {
            try StandardInput.read(into: reader, afterEach: handler.flush)
            try reader.finish()
            try handler.flush()
        } catch let error as MalformedInput {
            try? handler.flush()
            handler.endReport()
            complain("<stdin>:\(error.position): error: \(error.message)")
            throw ExitStatus.failed
        }
        handler.endReport()
        let failures = handler.hostFailures
        failures.forEach { complain("\($0)") }
        if !failures.isEmpty { throw ExitStatus.failed }
        if handler.found { throw ExitStatus.found }
    }
}

/// Writes what the reader hands out, with the policy's default applied.
private final class FilterStream: DomainStreamHandler {
    private let options: JudgingOptions
    private let reporter: any Reporter
    private var judge: Judge
    private let output = StandardOutput()
    private(set) var found = false
    private var report = ""
    private var isReporting = false

    init(_ options: JudgingOptions, _ judge: Judge) {
        self.options = options
        self.judge = judge
        reporter = options.reporter(on: STDERR_FILENO, namesDomains: true)
    }

    /// Hosts that did not answer about a guest's platform.
    var hostFailures: [HostError] { judge.hostFailures }

    func passThrough(_ bytes: UnsafeRawBufferPointer) throws { try output.write(bytes) }

    func document(_ document: Document) throws -> Bool {
        let verdict = judge.judge(document)
        // Other formats are for programs, which read the findings and nothing else.
        let isText = options.format == .text
        if !options.quiet && isText { verdict.remarks.forEach { complain("virt-cpu: note: \($0)") } }
        for finding in verdict.findings where options.shows(finding) {
            report += isReporting ? reporter.separator : reporter.opening
            report += reporter.lines(for: finding, in: "<stdin>")
            isReporting = true
        }
        let isRefused = !verdict.findings.isEmpty && verdict.findings.contains(where: options.counts)
        if isRefused && isText {
            let names = document.domains.map { $0[$0.name?.text] ?? "without a name" }
            report += "virt-cpu: error: not written: domain \(printable(names.joined(separator: ", ")))\n"
        }
        sendReport()
        if isRefused {
            found = true
            return false
        }
        try document.write(applying: verdict.edits) { try output.write($0) }
        return true
    }

    func flush() throws { try output.flush() }

    /// The end of the report, for formats that have one.
    func endReport() {
        if !isReporting { report += reporter.opening }
        report += reporter.closing
        sendReport()
    }

    private func sendReport() {
        guard !report.isEmpty else { return }
        write(report, to: STDERR_FILENO)
        report.removeAll(keepingCapacity: true)
    }
}

enum StandardInput {
    /// Bytes asked of the system at a time: more costs memory and gains nothing.
    static let chunk = 128 << 10

    static func read(into reader: DomainReader, afterEach step: () throws -> Void) throws {
        try read(FileDescriptor.standardInput, named: "stdin", into: reader, afterEach: step)
    }

    static func read(
        _ file: FileDescriptor, named name: String, into reader: DomainReader, afterEach step: () throws -> Void = {}
    ) throws {
        let fill = { (buffer: UnsafeMutableRawBufferPointer) throws -> Int in
            do {
                return try file.read(into: buffer)
            } catch let error as Errno {
                throw IOFailure("cannot read \(name)", error.rawValue)
            }
        }
        while try reader.read(upTo: chunk, fill) { try step() }
    }
}
