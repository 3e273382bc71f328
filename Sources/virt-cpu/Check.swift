import ArgumentParser
import DomainXML
import Glibc
import Lint
import SystemPackage

/// `virt-cpu check`: files in, findings out.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check domain XML in files and directories; findings go to stdout.",
        discussion: """
            Directories are searched for *.xml; files without a domain definition are passed over. `-` is stdin. \
            Without a path, the current directory is checked.
            """)

    @OptionGroup var options: JudgingOptions

    @Argument(help: ArgumentHelp("Files, directories, or - for stdin.", valueName: "path"))
    var paths: [String] = []

    func run() throws {
        var session = try CheckSession(options)
        for path in paths.isEmpty ? ["."] : Files.named(by: paths) { session.check(path) }
        try session.finish()
    }
}

private struct CheckSession {
    private let options: JudgingOptions
    private var lookup: PolicyLookup
    private var output = StandardOutput()
    private var found = false
    private var failed = false
    /// The report's opening and closing; domains are judged with reporters of their own.
    private let frame: any Reporter
    private var isReporting = false
    private var said: Set<String> = []

    init(_ options: JudgingOptions) throws {
        self.options = options
        frame = options.reporter(on: STDOUT_FILENO, namesDomains: false)
        lookup = try PolicyLookup(options, purpose: .check)
    }

    mutating func check(_ path: FilePath) {
        if path == "-" {
            attempt { try $0.check(FileDescriptor.standardInput, named: "<stdin>", directory: ".", path: nil) }
        } else if Files.isDirectory(path) {
            let files = Files.definitions(below: path) { fail($0) }
            for file in files { attempt { try $0.checkFile(file) } }
        } else {
            attempt { try $0.checkFile(path) }
        }
    }

    /// One input that cannot be read keeps nobody from the others.
    private mutating func attempt(_ work: (inout CheckSession) throws -> Void) {
        do {
            try work(&self)
        } catch {
            fail(error)
        }
    }

    private mutating func fail(_ error: any Error) {
        failed = true
        // A wrong policy fails every file below it, and is said once.
        if said.insert("\(error)").inserted { complain("\(error)") }
    }

    private mutating func checkFile(_ path: FilePath) throws {
        let name = path.string
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch let error as Errno {
            throw IOFailure(printable(name), error.rawValue)
        }
        defer { try? file.close() }
        let directory = path.removingLastComponent()
        try check(file, named: name, directory: directory.isEmpty ? "." : directory, path: path)
    }

    private mutating func check(
        _ file: FileDescriptor, named name: String, directory: FilePath, path: FilePath?
    ) throws {
        let prepared = try lookup.judge(forDirectory: directory)
        let handler = CheckStream(options, prepared, file: name, path: path.map { Self.relative($0, to: prepared) })
        let reader = DomainReader(maximumDomainSize: options.maxDomainSize.bytes, handler: handler)
        defer {
            found = found || handler.found
            do { try report(handler.report) } catch { fail(error) }
        }
        do {
            try StandardInput.read(file, named: name, into: reader)
            try reader.finish()
        } catch let error as MalformedInput {
            throw IOFailure(located: "\(printable(name)):\(error.position): error: \(error.message)")
        }
    }

    /// The path from the policy's directory, for the policy's `path` patterns.
    private static func relative(_ path: FilePath, to prepared: PolicyLookup.Prepared) -> String {
        guard var real = Files.real(path), real.removePrefix(prepared.directory) else { return path.string }
        return real.string
    }

    /// The text of findings, with what the format wants between them.
    private mutating func report(_ items: [String]) throws {
        for item in items {
            try output.write(isReporting ? frame.separator : frame.opening)
            try output.write(item)
            isReporting = true
        }
    }

    mutating func finish() throws {
        for failure in lookup.prepared.flatMap(\.judge.hostFailures) { fail(failure) }
        if !isReporting { try output.write(frame.opening) }
        try output.write(frame.closing)
        try output.flush()
        if failed { throw ExitStatus.failed }
        if found { throw ExitStatus.found }
    }
}

private final class CheckStream: DomainStreamHandler {
    private let options: JudgingOptions
    private let prepared: PolicyLookup.Prepared
    private let reporter: any Reporter
    private let file: String
    private let path: String?
    private(set) var report: [String] = []
    private(set) var found = false

    init(_ options: JudgingOptions, _ prepared: PolicyLookup.Prepared, file: String, path: String?) {
        self.options = options
        self.prepared = prepared
        self.file = file
        self.path = path
        reporter = options.reporter(on: STDOUT_FILENO, namesDomains: path == nil)
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {}

    func document(_ document: Document) -> Bool {
        let verdict = prepared.judge.judge(document, path: path)
        if !options.quiet { verdict.remarks.forEach { complain("virt-cpu: note: \($0)") } }
        for finding in verdict.findings {
            found = found || options.counts(finding)
            if options.shows(finding) { report.append(reporter.lines(for: finding, in: file)) }
        }
        return true
    }
}

extension IOFailure {
    /// A message that names its place itself.
    init(located description: String) { self.init(message: ""); self.description = description }
}
