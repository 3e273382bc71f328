import Reports
import Synchronization

/// A run of `check`: inputs are judged by several threads and reported in their order.
package final class CheckJob: Sendable {
    private let settings: Settings
    private let channels: Channels
    private let mode: CheckMode
    /// The staged content of each file is checked, and its copy in the work tree is fixed.
    private let isStaged: Bool
    private let inputs: [InputFile]
    private let earlier: EarlierSide?
    private let sources: InputSources
    private let next = Atomic(0)
    private let turns = Turns()
    private let output: Mutex<CheckOutput>

    /// Prepares a check. For a comparison, it reads the earlier side.
    ///
    /// - Parameters:
    ///   - staged: `inputs` come from git's index.
    ///   - policyRevision: where policies are taken from, instead of the files of this machine.
    ///   - policies: the versions whose policies are compared; nil to compare none.
    init(
        _ settings: Settings, _ inputs: CheckInputs, mode: CheckMode = .report, staged: Bool = false,
        policyRevision: String? = nil, policies: PolicyChanges.Versions? = nil, _ channels: Channels = .standard
    ) throws {
        self.settings = settings
        self.channels = channels
        self.mode = mode
        isStaged = staged
        var tree: PolicyTree?
        if let policyRevision {
            tree = try PolicyTree(of: policyRevision, in: inputs.repository ?? GitRepository(), GitObjects())
        }
        let blobs = GitBlobs()
        let record = settings.knownFindings == .recorded ? try KnownFindingsRecord(of: inputs.present, top: try? GitRepository().top) : nil
        let sources = InputSources(
            try PolicyLookup(settings, purpose: .check, fixes: mode != .report, tree: tree),
            recordsBelow: record?.directory, blobs: blobs)
        self.sources = sources
        var inputs = inputs
        let remarks = sources.leaveOutExcluded(from: &inputs)
        var output = try CheckOutput(
            settings, mode, total: inputs.present.count, isOfGit: inputs.repository != nil, record, channels)
        remarks.forEach { output.remark($0) }
        if let old = inputs.earlier {
            let reading = EarlierReading(old, inputs, blobs, settings, isExcluded: sources.excludes)
            for failure in reading.failures { try output.fail(failure) }
            for remark in reading.remarks { output.remark(remark) }
            earlier = reading.side
        } else {
            earlier = nil
        }
        if let policies { try Self.compare(policies, in: inputs.repository ?? GitRepository(), settings, sources, &output) }
        var present = inputs.present
        if staged, mode == .fix, let repository = inputs.repository {
            present = try present.map { try Self.inWorkTree($0, repository) }
        }
        if mode != .report { present = InputFile.withoutRepeats(present) }
        blobs.expect(present.compactMap(\.blob))
        self.inputs = present
        self.output = Mutex(output)
    }

    /// Reports where the policies of one version are weaker than those of another.
    private static func compare(
        _ versions: PolicyChanges.Versions, in repository: GitRepository, _ settings: Settings, _ sources: InputSources,
        _ output: inout CheckOutput
    ) throws {
        let (overrides, hosts, knowledge) = sources.policies.withLock { ($0.overrides, $0.commandLineHosts, $0.knowledge) }
        let changes = try PolicyChanges(versions, in: repository, settings, overrides, hosts: hosts, knowledge)
        for remark in changes.remarks { output.remark(remark) }
        for (file, findings) in changes.findings {
            let input = InputFile(path: file.bytes, blob: "", in: repository), formatters = output.formatters
            let batch = FindingBatch(settings, format: { findings in formatters.map { $0(findings, input) } }, handOver: nil)
            batch.add(findings, [])
            try output.add(part: batch.takeRest())
        }
    }

    /// The work tree's file in place of a staged one, if its content is the same.
    private static func inWorkTree(_ input: InputFile, _ repository: GitRepository) throws -> InputFile {
        var input = input
        guard case .blob(let id) = input.content else { return input }
        if let file = input.file, try repository.isStaged(file, as: id) {
            input.workTree = repository.top
            input.content = .file(file)
        } else {
            input.content = .failure(
                IOFailure(
                    message: "\(printable(input.name)): not changed: the file in the work tree differs from the staged "
                        + "one"))
        }
        return input
    }

    /// Reports something that could not be read before the check began.
    package func fail(_ failure: IOFailure) throws { try fail(ReportedFailure(failure)) }

    func fail(_ failure: ReportedFailure) throws { try output.withLock { try $0.fail(failure) } }

    /// Checks everything.
    ///
    /// - Parameter jobs: threads, the calling one included.
    /// - Throws: `ExitStatus`, or `IOFailure` where the output cannot be written.
    package func run(jobs: Int) throws {
        if mode == .fix { try OrderlyEnd.install() }
        // One thread for every 16 files: with fewer, starting a thread takes longer than it saves.
        Threads.run(min(jobs, (inputs.count + 15) / 16)) { [self] in work() }
        let strangers = sources.policies.withLock { $0.strangers.sorted { $0.string < $1.string } }
        output.withLock { output in strangers.forEach { output.remark(PolicyLookup.remark(onStranger: $0)) } }
        for failure in sources.policies.withLock({ $0.prepared.flatMap(\.judge.hostFailures) }) {
            try fail(IOFailure(located: failure.shown))
        }
        // A rule that --rule switches off finds nothing, so that its entries only seem to be stale.
        let stale: [String] = settings.statesRules ? [] : sources.policies.withLock { policies in
            let hosts = Set(policies.prepared.flatMap(\.hosts).map(\.name))
            return policies.known.all.compactMap { $0.staleRemark(hosts: hosts) }
        }
        let isFixed = try output.withLock { output in
            stale.forEach { output.remark($0) }
            try output.finish()
            if output.hasFailed { throw ExitStatus.failed }
            if output.isCounted { throw ExitStatus.found }
            return output.tally.fixed > 0
        }
        // Only the work tree was fixed: a commit would still contain the staged content.
        if isStaged && isFixed { throw ExitStatus.found }
    }

    private func work() {
        let formatters = output.withLock { $0.formatters }
        let checker = InputChecker(settings, mode: mode, sources, earlier, comment: settings.comment, formatters)
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < inputs.count else { return }
            let report = checker.check(inputs[index]) { [self] part in
                turns.wait(for: index)
                try output.withLock { try $0.add(part: part) }
            }
            let (goesOn, turn) = output.withLock { ($0.add(report, at: index), $0.next) }
            guard goesOn else { return turns.end() }
            turns.advance(to: turn)
        }
    }
}
