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
        let output = FilterOutput(options)
        let filter = StreamFilter(options, prepared.judge, output)
        do {
            try filter.run()
        } catch let error as MalformedInput {
            try? output.flush()
            output.endReport()
            complain("<stdin>:\(error.position): error: \(error.message)")
            throw ExitStatus.failed
        }
        output.endReport()
        let failures = filter.hostFailures
        failures.forEach { complain("\($0)") }
        if !failures.isEmpty { throw ExitStatus.failed }
        if output.found { throw ExitStatus.found }
    }
}

/// What there is to say of a document, in the order in which it is said.
enum FilterWord {
    case remark(Remark)
    /// As the report's format has it, without separators.
    case finding(String)
    /// A line of its own.
    case line(String)
}

/// The filter's stdout and stderr.
final class FilterOutput {
    let reporter: any Reporter
    let bytes = StandardOutput()
    var found = false
    private var report = ""
    private var isReporting = false
    private var said: Set<Remark> = []

    init(_ options: JudgingOptions) {
        reporter = options.reporter(on: STDERR_FILENO, namesDomains: true)
    }

    func say(_ words: [FilterWord]) {
        guard !words.isEmpty else { return }
        for word in words {
            switch word {
            case .remark(let remark):
                if said.insert(remark).inserted { report += "virt-cpu: note: \(remark)\n" }
            case .finding(let text):
                report += isReporting ? reporter.separator : reporter.opening
                report += text
                isReporting = true
            case .line(let text): report += text
            }
        }
        sendReport()
    }

    func flush() throws { try bytes.flush() }

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

/// Judges what the reader hands out and applies the policy's default. One thread's.
final class FilterStream: DomainStreamHandler {
    private let options: JudgingOptions
    private let reporter: any Reporter
    private let judge: Judge
    private let output: FilterOutput
    /// Where everything goes that is not known yet to be right; nil: to the output.
    private var batch: FilterBatch?
    private var kept: ByteBuffer?

    /// Keeps what `work` makes of the stream in a batch.
    func filling(_ batch: FilterBatch, _ work: () -> Void) {
        self.batch = batch
        kept = batch.output
        work()
        self.batch = nil
        kept = nil
    }

    init(_ options: JudgingOptions, _ judge: Judge, _ output: FilterOutput) {
        self.options = options
        self.judge = judge
        self.output = output
        reporter = output.reporter
    }

    /// Hosts that did not answer about a guest's platform.
    var hostFailures: [HostError] { judge.hostFailures }

    func passThrough(_ bytes: UnsafeRawBufferPointer) throws {
        if let kept { kept.append(bytes) } else { try output.bytes.write(bytes) }
    }

    func document(_ document: Document) throws -> Bool {
        let verdict = judge.judge(document)
        // What was judged against half of its hosts must not pass for judged. One thread asks, so that it is this
        // document's or an earlier one's failure; no later one is written either.
        let isUnjudged = judge.asksHosts && !judge.hostFailures.isEmpty
        let isRefused = isUnjudged || !verdict.findings.isEmpty && verdict.findings.contains(where: options.counts)
        if isUnjudged || !verdict.findings.isEmpty || !verdict.remarks.isEmpty {
            let words = words(verdict, of: document, isRefused: isRefused)
            if let batch { batch.words += words } else { output.say(words) }
        }
        if isRefused {
            if let batch { batch.found = true } else { output.found = true }
            return false
        }
        // Asked here where it goes, not for each of its pieces.
        if let kept {
            document.write(applying: verdict.edits) { kept.append($0) }
        } else {
            let bytes = output.bytes
            try document.write(applying: verdict.edits) { try bytes.write($0) }
        }
        return true
    }

    private func words(_ verdict: Verdict, of document: Document, isRefused: Bool) -> [FilterWord] {
        // Other formats are for programs, which read the findings and nothing else.
        let isText = options.format == .text
        var words: [FilterWord] = []
        if !options.quiet && isText {
            words = verdict.remarks.map { .remark($0) }
        }
        for finding in verdict.findings where options.shows(finding) {
            words.append(.finding(reporter.lines(for: finding, in: "<stdin>")))
        }
        if isRefused && isText {
            let names = document.domains.map { $0[$0.name?.text] ?? "without a name" }
            words.append(.line("virt-cpu: error: not written: domain \(printable(names.joined(separator: ", ")))\n"))
        }
        return words
    }
}

enum StandardInput {
    /// Bytes asked of the system at a time: more costs memory and gains nothing.
    static let chunk = 64 << 10

    /// - Returns: 0 at the end.
    static func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        do {
            return try FileDescriptor.standardInput.read(into: buffer)
        } catch let error as Errno {
            throw IOFailure("cannot read stdin", error.rawValue)
        }
    }

    /// A read would not wait.
    static var isReadable: Bool {
        var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, 0) == 1
    }

    /// All of it, as far as a file may be long.
    static func all() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= GitObjects.sizeLimit {
            let part = try [UInt8](unsafeUninitializedCapacity: chunk) { space, count in
                count = try read(into: UnsafeMutableRawBufferPointer(space))
            }
            if part.isEmpty { return bytes }
            bytes += part
        }
        throw IOFailure(message: "stdin: over \(GitObjects.sizeLimit >> 20) MiB")
    }

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
