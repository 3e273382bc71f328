import DomainXML
import Glibc
import Lint
import Synchronization
import SystemPackage

/// One run of `check`: several definitions, judged on several threads, reported in their order.
final class CheckJob: Sendable {
    private let options: JudgingOptions
    private let mode: InputChecker.Mode
    /// What is staged is judged, and what is mended is the work tree's.
    private let isStaged: Bool
    private let definitions: [InputFile]
    private let earlier: EarlierSide?
    private let sources: InputSources
    private let next = Atomic(0)
    private let output: Mutex<CheckOutput>

    init(
        _ options: JudgingOptions, _ versions: CheckInputs, mode: InputChecker.Mode, staged: Bool, policyRevision: String?
    ) throws {
        self.options = options
        self.mode = mode
        isStaged = staged
        var tree: PolicyTree?
        if let policyRevision {
            tree = try PolicyTree(of: policyRevision, in: versions.repository ?? GitRepository(), GitObjects())
        }
        let sources = InputSources(
            try PolicyLookup(
                options, purpose: .check, mends: mode != .report, tree: tree, top: versions.repository?.top))
        self.sources = sources
        var output = CheckOutput(options, mode, total: versions.present.count, isOfGit: versions.repository != nil)
        earlier = versions.earlier.map { old in
            let (earlier, duplicates, failures) = EarlierSide.read(old, versions, sources, options.maxDomainSize)
            failures.forEach { output.fail($0) }
            duplicates.forEach { output.remark($0.text) }
            return earlier
        }
        var definitions = versions.present
        if staged, mode == .fix, let repository = versions.repository {
            definitions = try definitions.map { try Self.inWorkTree($0, repository) }
        }
        if mode != .report { definitions = InputFile.withoutRepeats(definitions) }
        self.definitions = definitions
        self.output = Mutex(output)
    }

    /// What is staged is mended in the work tree, where that is the same.
    private static func inWorkTree(_ definition: InputFile, _ repository: GitRepository) throws -> InputFile {
        var definition = definition
        guard case .blob(let id) = definition.content else { return definition }
        if let file = definition.file, try repository.isStaged(file, as: id) {
            definition.content = .file(file)
        } else {
            definition.content = .failure(
                IOFailure(message: "\(printable(definition.name)): the work tree differs from what is staged: not changed"))
        }
        return definition
    }

    /// Something that could not be read, before anything is judged.
    func fail(_ failure: IOFailure) { output.withLock { $0.fail(failure.shown) } }

    /// Judges everything and ends the program's work.
    /// - Throws: `ExitStatus`, or `IOFailure` where stdout cannot be written to.
    func run(jobs: Int) throws {
        if mode == .fix { try OrderlyEnd.install() }
        // A thread is worth its start where there is something to do.
        Threads.run(min(jobs, (definitions.count + 15) / 16)) { [self] in work() }
        for failure in sources.lookup.withLock({ $0.prepared.flatMap(\.judge.hostFailures) }) { fail(IOFailure(located: failure.shown)) }
        let isMended = try output.withLock { output in
            try output.finish()
            if output.hasFailed { throw ExitStatus.failed }
            if output.tally.found { throw ExitStatus.found }
            return output.tally.fixed > 0
        }
        // It is in the work tree only: a commit would still have the old one.
        if isStaged && isMended { throw ExitStatus.found }
    }

    private func work() {
        let checker = InputChecker(options, mode: mode, sources, earlier)
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < definitions.count else { return }
            let report = checker.check(definitions[index])
            guard output.withLock({ $0.add(report, at: index) }) else { return }
        }
    }
}

/// What is printed, in the definitions' order.
private struct CheckOutput {
    private let options: JudgingOptions
    private let mode: InputChecker.Mode
    private let total: Int
    private let isOfGit: Bool
    /// The report's opening and closing; definitions are judged with reporters of their own.
    private let frame: any Reporter
    private var stream = StandardOutput()
    private var isReporting = false
    private var said: Set<String> = []
    private var waiting: [Int: Report] = [:]
    private var next = 0
    private var progress: Progress
    private var broken: IOFailure?
    private(set) var tally = Tally()
    private(set) var hasFailed = false

    init(_ options: JudgingOptions, _ mode: InputChecker.Mode, total: Int, isOfGit: Bool) {
        self.options = options
        self.mode = mode
        self.total = total
        self.isOfGit = isOfGit
        frame = options.reporter(on: STDOUT_FILENO, namesDomains: false)
        progress = Progress(isShown: !options.quiet && options.format == .text, total: total)
    }

    /// - Returns: false where there is no use in going on: nobody takes the output.
    mutating func add(_ report: Report, at index: Int) -> Bool {
        waiting[index] = report
        while broken == nil, let report = waiting.removeValue(forKey: next) {
            next += 1
            do {
                try emit(report)
            } catch {
                broken = error as? IOFailure ?? IOFailure(message: "\(error)")
            }
        }
        return broken == nil
    }

    private mutating func emit(_ report: Report) throws {
        tally.add(report.tally)
        if !(report.findings.isEmpty && report.diff.isEmpty && report.failures.isEmpty) { progress.clear() }
        report.remarks.forEach { remark($0.description) }
        for finding in report.findings {
            try print(isReporting ? frame.separator : frame.opening)
            try print(finding)
            isReporting = true
        }
        try report.diff.withUnsafeBytes { try stream.write($0) }
        report.failures.forEach { fail($0) }
        try progress.show(next) { try stream.flush() }
    }

    /// Findings make room for a diff.
    private mutating func print(_ text: String) throws {
        if mode == .diff { write(text, to: STDERR_FILENO) } else { try stream.write(text) }
    }

    mutating func remark(_ text: String) {
        guard !options.quiet, said.insert(text).inserted else { return }
        progress.clear()
        complain("virt-cpu: note: \(printable(text))")
    }

    /// An earlier version that is none is said even where little is: it keeps changes from being seen.
    mutating func fail(_ failure: EarlierSideFailure) {
        if failure.isIncapacity { return fail(failure.text) }
        if said.insert(failure.text).inserted { complain("virt-cpu: note: \(printable(failure.text))") }
    }

    /// A wrong policy fails every file below it, and is said once.
    mutating func fail(_ text: String) {
        hasFailed = true
        guard said.insert(text).inserted else { return }
        progress.clear()
        complain(text)
    }

    mutating func finish() throws {
        progress.clear()
        if let broken { throw broken }
        if !isReporting { try print(frame.opening) }
        try print(frame.closing)
        try stream.flush()
        // Where nothing could be judged, or a commit has nothing to judge, "nothing found" would be no news.
        let isNews = tally.domains > 0 || !hasFailed && !(isOfGit && total == 0)
        if options.format == .text, !options.quiet, isNews { complain(tally.summary) }
    }
}

extension Tally {
    /// One line for a person.
    var summary: String {
        func count(_ number: Int, _ name: String) -> String { "\(number) \(name)\(number == 1 ? "" : "s")" }
        var parts: [String] = []
        if errors > 0 { parts.append(count(errors, "error")) }
        if warnings > 0 { parts.append(count(warnings, "warning")) }
        if notes > 0 { parts.append(count(notes, "note")) }
        if fixed > 0 { parts.append("\(fixed) fixed") }
        let found = parts.isEmpty ? "nothing found" : parts.joined(separator: ", ")
        return "\(found) in \(count(domains, "domain")) of \(count(files, "file"))"
    }
}

/// How far a long run has come, on a terminal.
private struct Progress {
    private let isTerminal: Bool
    private let total: Int
    private var isDrawn = false
    private var last: Int

    init(isShown: Bool, total: Int) {
        isTerminal = isShown && isatty(STDERR_FILENO) == 1
        self.total = total
        last = Self.now
    }

    /// Milliseconds of a clock that nobody sets.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    mutating func show(_ count: Int, before: () throws -> Void) rethrows {
        guard isTerminal, Self.now - last > (isDrawn ? 200 : 1000) else { return }
        clear()
        try before()
        write("\(count) of \(total)", to: STDERR_FILENO)
        isDrawn = true
        last = Self.now
    }

    mutating func clear() {
        guard isDrawn else { return }
        write("\r\u{1b}[K", to: STDERR_FILENO)
        isDrawn = false
    }
}

extension GuestPairing.Duplicate {
    var text: String {
        guard let uuid, Set(names).count > 1 else {
            return "domain \(name ?? uuid ?? "") is defined in \(files.joined(separator: ", "))"
        }
        let all = zip(names, files).map { "\($0 ?? "one without a name") in \($1)" }
        return "one uuid for several domains, \(dashed(uuid)): \(all.joined(separator: ", "))"
    }

    /// As virsh prints it.
    private func dashed(_ uuid: String) -> String {
        guard uuid.utf8.count == 32 else { return uuid }
        var rest = uuid[...]
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }
}

extension EarlierSide {
    /// Reads the earlier side, and of the present one what its domains are called.
    ///
    /// - Returns: also domains that several files of the present side define, and what of the earlier side could not be
    ///   read.
    static func read(
        _ old: [InputFile], _ versions: CheckInputs, _ sources: InputSources, _ limit: ByteCount
    ) -> (EarlierSide, [GuestPairing.Duplicate], [EarlierSideFailure]) {
        let reader = DomainReader(maximumDomainSize: limit.bytes)
        var failures: [EarlierSideFailure] = []
        var records: [(record: GuestRecord, file: String)] = []
        for definition in old {
            var own: [(record: GuestRecord, file: String)] = []
            let collector = GuestCollector { own.append((GuestRecord($0), definition.path.string)) }
            do {
                try definition.read(sources, with: reader, into: collector)
            } catch {
                // What is called otherwise need not be XML at all, nor of a size to read.
                if definition.isGuess { own = [] } else { failures.append(EarlierSideFailure(error)) }
            }
            records += own
        }
        var present: [GuestPairing.Definition] = []
        for definition in versions.present where !versions.unchanged.contains(definition.path) {
            let collector = GuestCollector {
                present.append(GuestPairing.Definition(GuestIdentity($0), file: definition.path.string))
            }
            // What is wrong with it is said when it is judged.
            try? definition.read(sources, with: reader, into: collector)
        }
        var pairing = GuestPairing(old: records, new: present)
        var duplicates = pairing.duplicates
        let originals = originals(of: pairing.newUUIDs, versions, sources, reader)
        if !originals.isEmpty {
            // A copy is no new guest: what it was is what its original is.
            pairing = GuestPairing(old: records + originals, new: present)
            duplicates = GuestPairing.duplicates(
                among: present + originals.map { GuestPairing.Definition(GuestIdentity($0.record), file: $0.file) })
        }
        return (
            EarlierSide(pairing: pairing, isIncomplete: !failures.isEmpty, unchanged: versions.unchanged), duplicates,
            failures
        )
    }

    /// Guests in files that did not change, whose UUID a new one has too.
    private static func originals(
        of uuids: Set<String>, _ versions: CheckInputs, _ sources: InputSources, _ reader: DomainReader
    ) -> [(record: GuestRecord, file: String)] {
        guard !uuids.isEmpty, let base = versions.base, let repository = versions.repository,
            let entries = try? repository.files(with: uuids, in: base)
        else { return [] }
        var originals: [(record: GuestRecord, file: String)] = []
        for entry in entries where !versions.changed.contains(entry.path) && InputFile.isWanted(entry.path, below: []) {
            let definition = InputFile(path: entry.path, blob: entry.id, in: repository)
            let collector = GuestCollector { guest in
                guard let uuid = GuestIdentity(guest).uuid, uuids.contains(uuid) else { return }
                originals.append((GuestRecord(guest), definition.path.string))
            }
            // Nobody asked about that file.
            try? definition.read(sources, with: reader, into: collector)
        }
        return originals
    }
}

/// Why an earlier version is not known.
struct EarlierSideFailure {
    let text: String
    /// The work could not be done, where a malformed version is only no version.
    let isIncapacity: Bool

    init(_ error: any Error) {
        isIncapacity = !((error as? IOFailure)?.isMalformed ?? false)
        text = isIncapacity
            ? shown(error) : "the earlier version cannot be read, so changes of its domains are not judged: \(shown(error))"
    }
}

/// Takes the guests out of a stream.
final class GuestCollector: DomainStreamHandler {
    private let hostArchitecture: String?
    private let take: (Guest) throws -> Void

    /// - Parameter hostArchitecture: for definitions that name none.
    init(hostArchitecture: String? = nil, _ take: @escaping (Guest) throws -> Void) {
        self.hostArchitecture = hostArchitecture
        self.take = take
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {}

    func document(_ document: Document) throws -> Bool {
        try document.domains.forEach { try take(Guest($0, in: document, hostArchitecture: hostArchitecture)) }
        return true
    }
}
