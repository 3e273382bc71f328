import DomainXML
import Glibc
import Lint
import Synchronization
import SystemPackage

/// What one definition came to.
struct Report: Sendable {
    /// Findings, as the format prints them.
    var findings: [String] = []
    /// Why something could not be done.
    var failures: [String] = []
    /// Said once a run.
    var remarks: [Remark] = []
    /// What would change.
    var diff: [UInt8] = []
    var tally = Tally()
}

/// What is counted.
struct Tally: Sendable {
    var domains = 0, files = 0
    var errors = 0, warnings = 0, notes = 0, fixed = 0
    /// Findings at or above `--fail-on`.
    var found = false

    mutating func add(_ other: Tally) {
        domains += other.domains
        files += other.files
        errors += other.errors
        warnings += other.warnings
        notes += other.notes
        fixed += other.fixed
        found = found || other.found
    }

    mutating func count(_ finding: Finding) {
        if finding.isFixed {
            fixed += 1
            return
        }
        switch finding.severity {
        case .error: errors += 1
        case .warning: warnings += 1
        case .note: notes += 1
        }
    }
}

/// Policies and git's objects, for several threads.
final class InputSources: Sendable {
    let lookup: Mutex<PolicyLookup>
    private let objects: Mutex<GitObjects?>
    private let names = Mutex<DiffNames?>(nil)

    init(_ lookup: sending PolicyLookup) {
        self.lookup = Mutex(lookup)
        objects = Mutex(nil)
    }

    func policy(for definition: InputFile) throws -> PolicyLookup.Prepared {
        try lookup.withLock { try $0.judge(for: definition) }
    }

    /// Made when something differs: it costs a process.
    var diffNames: DiffNames {
        names.withLock { names in
            if names == nil { names = DiffNames() }
            return names!
        }
    }

    func blob(_ id: String) throws -> [UInt8] {
        try objects.withLock { objects in
            if objects == nil { objects = try GitObjects() }
            return try objects!.content(of: id)
        }
    }
}

/// What the domains were before, where somebody asked.
struct EarlierSide: Sendable {
    let pairing: GuestPairing
    /// An earlier version could not be read: what pairs with none may have been in it, and is not new.
    let isIncomplete: Bool
    /// Paths of files that are as they were.
    let unchanged: Set<FilePath>

    func earlier(for guest: Guest, in definition: InputFile) -> EarlierGuest {
        if unchanged.contains(definition.path) { return .unknown }
        let earlier = pairing.earlier(for: guest, file: definition.path.string)
        if case .new = earlier, isIncomplete { return .unknown }
        return earlier
    }
}

/// Judges definitions, one after the other. One thread's.
final class InputChecker {
    enum Mode: Sendable { case report, diff, fix }

    private let options: JudgingOptions
    private let mode: Mode
    private let sources: InputSources
    private let earlier: EarlierSide?
    private let reporter: any Reporter
    private let streamReporter: any Reporter
    private let reader: DomainReader

    init(_ options: JudgingOptions, mode: Mode, _ sources: InputSources, _ earlier: EarlierSide?) {
        self.options = options
        self.mode = mode
        self.sources = sources
        self.earlier = earlier
        let descriptor = mode == .diff ? STDERR_FILENO : STDOUT_FILENO
        reporter = options.reporter(on: descriptor, namesDomains: false)
        streamReporter = options.reporter(on: descriptor, namesDomains: true)
        reader = DomainReader(maximumDomainSize: options.maxDomainSize.bytes)
    }

    func check(_ definition: InputFile) -> Report {
        var report = Report()
        do {
            switch mode {
            case .report: try judge(definition, &report)
            case .diff, .fix: try mend(definition, &report)
            }
        } catch {
            report.failures.append(shown(error))
        }
        return report
    }

    private func judge(_ definition: InputFile, _ report: inout Report) throws {
        let pass = try pass(over: definition, mends: false)
        defer { add(pass.findings, pass, of: definition, to: &report) }
        try definition.read(sources, with: reader, into: pass)
    }

    /// Applies what is fixable until nothing is left of it: a fix may bring up another one.
    private func mend(_ definition: InputFile, _ report: inout Report) throws {
        let original = try definition.bytes(sources)
        var bytes = original
        var fixed: [Finding] = []
        for turn in 0... {
            // Fixes that undo each other would go on for ever.
            let pass = try pass(over: definition, mends: turn < 20)
            do {
                try bytes.withUnsafeBytes { try InputFile.read($0, named: definition.name, with: reader, into: pass) }
            } catch {
                add(pass.findings, pass, of: definition, to: &report)
                throw error
            }
            guard pass.mended.isEmpty else {
                fixed += pass.mended
                bytes = pass.bytes
                continue
            }
            if bytes != original {
                do {
                    if let failure = definition.leadingOut { throw failure }
                    switch mode {
                    case .report: break
                    case .diff: report.diff = UnifiedDiff.text(path: try sources.diffNames.name(of: definition), from: original, to: bytes)
                    case .fix:
                        if let file = definition.file {
                            try OrderlyEnd.uninterrupted { try FileReplacement.replace(file, from: original, with: bytes) }
                        }
                    }
                } catch {
                    report.failures.append(shown(error))
                    return try judge(definition, &report)
                }
            }
            // What is found is in the file still.
            if mode == .diff { return try judge(definition, &report) }
            return add(fixed + pass.findings, pass, of: definition, to: &report)
        }
    }

    private func pass(over definition: InputFile, mends: Bool) throws -> JudgingPass {
        let prepared = try sources.policy(for: definition)
        return JudgingPass(
            judge: prepared.judge, path: prepared.path(of: definition), mends: mends,
            earlier: earlier.map { earlier in { earlier.earlier(for: $0, in: definition) } })
    }

    private func add(_ findings: [Finding], _ pass: JudgingPass, of definition: InputFile, to report: inout Report) {
        let reporter = definition.isStream ? streamReporter : reporter
        report.remarks += pass.remarks
        report.tally.domains += pass.domains
        report.tally.files = 1
        for finding in findings {
            report.tally.count(finding)
            report.tally.found = report.tally.found || options.counts(finding)
            if options.shows(finding) { report.findings.append(reporter.lines(for: finding, in: definition.name)) }
        }
    }
}

/// One reading of a definition.
private final class JudgingPass: DomainStreamHandler {
    private let judge: Judge
    private let path: String?
    private let mends: Bool
    private let earlier: ((Guest) -> EarlierGuest)?
    private(set) var findings: [Finding] = []
    private(set) var remarks: [Remark] = []
    private(set) var domains = 0
    /// Findings whose fixes are in `bytes`.
    private(set) var mended: [Finding] = []
    /// The definition with the fixes made, where it mends.
    private(set) var bytes: [UInt8] = []

    init(judge: Judge, path: String?, mends: Bool, earlier: ((Guest) -> EarlierGuest)?) {
        self.judge = judge
        self.path = path
        self.mends = mends
        self.earlier = earlier
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {
        if mends { self.bytes += bytes }
    }

    func document(_ document: Document) -> Bool {
        let verdict = earlier.map { judge.judge(document, path: path, earlier: $0) } ?? judge.judge(document, path: path)
        domains += document.domains.count
        remarks += verdict.remarks
        findings += verdict.findings
        guard mends else { return true }
        guard !judge.asksHosts || judge.hostFailures.isEmpty else {
            // What was judged against half of its hosts is not rewritten by that.
            document.write(applying: []) { bytes += $0 }
            return true
        }
        let fixes = verdict.fixes
        mended += fixes.findings
        document.write(applying: fixes.edits) { bytes += $0 }
        return true
    }
}

extension InputFile {
    /// All of it.
    ///
    /// - Parameter sources: git's objects; nil where none is a version of git's.
    func bytes(_ sources: InputSources?) throws -> [UInt8] {
        switch content {
        case .standardInput: try StandardInput.all()
        case .file(let path): try Files.read(path, limit: GitObjects.sizeLimit)
        case .blob(let id): try sources!.blob(id)
        case .bytes(let bytes): bytes
        case .failure(let failure): throw failure
        }
    }

    /// Hands its domains to `handler`.
    /// - Throws: `IOFailure`, with file, line and column for what is malformed.
    func read(_ sources: InputSources?, with reader: DomainReader, into handler: any DomainStreamHandler) throws {
        func read(_ file: FileDescriptor) throws {
            try Self.feed(named: name, with: reader, into: handler) { try StandardInput.read(file, named: name, into: $0) }
        }
        switch content {
        case .standardInput: try read(FileDescriptor.standardInput)
        case .file(let path):
            let file: FileDescriptor
            do {
                // One that was named may be a FIFO, which is waited for; one that was found was a file then, and may be
                // anything by now.
                file = try FileDescriptor.open(
                    path, .readOnly, options: foundBelow == nil ? .closeOnExec : [.closeOnExec, .nonBlocking])
            } catch let error as Errno {
                throw IOFailure(printable(name), error.rawValue)
            }
            defer { try? file.close() }
            if foundBelow != nil, !Files.isRegular(file) { throw IOFailure(message: "\(printable(name)): not a regular file") }
            try read(file)
        case .blob, .bytes, .failure:
            try bytes(sources).withUnsafeBytes { try Self.read($0, named: name, with: reader, into: handler) }
        }
    }

    static func read(
        _ bytes: UnsafeRawBufferPointer, named name: String, with reader: DomainReader,
        into handler: any DomainStreamHandler
    ) throws {
        try feed(named: name, with: reader, into: handler) { try $0.feed(bytes) }
    }

    private static func feed(
        named name: String, with reader: DomainReader, into handler: any DomainStreamHandler,
        _ work: (DomainReader) throws -> Void
    ) throws {
        reader.restart(for: handler)
        defer { reader.restart(for: nil) }
        do {
            try work(reader)
            try reader.finish()
        } catch let error as MalformedInput {
            var failure = IOFailure(located: "\(printable(name)):\(error.position): error: \(error.message)")
            failure.isMalformed = true
            throw failure
        }
    }
}

/// An error in the words that stderr gets.
func shown(_ error: any Error) -> String { (error as? any Failure)?.shown ?? "\(error)" }

extension IOFailure {
    /// A message that names its place itself.
    init(located description: String) { self.init(message: ""); self.description = description }
}
