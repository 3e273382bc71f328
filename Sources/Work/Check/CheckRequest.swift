import Hosts
import SystemPackage

/// What a check is asked to do: which inputs it judges, and what it does with fixes.
package struct CheckRequest: Sendable, Equatable {
    /// Files, directories and `-`; with `isStaged` or `revision`, paths in the repository. Empty for everything.
    package var paths: [FilePath] = []
    /// Judge the index instead of files.
    package var isStaged = false
    /// Files to judge as well if nothing of them is staged; only with `isStaged`.
    package var unstagedFiles: [FilePath] = []
    /// Judge a commit instead of files.
    package var revision: String?
    /// The earlier side: a revision, `REV...` for the merge base of REV and the present side, or a path.
    package var against: String?
    /// The URI of a libvirt whose domains are judged instead of files.
    package var libvirt: String?
    /// The revision that policies and their host files are taken from, instead of the files of this machine.
    package var policyRevision: String?
    /// The revision whose policies applied before, if it is another one than the earlier side. Somebody pushes the new one.
    package var replacedPolicies: String?
    /// The revision whose policies apply to the next push. What they check and those before did not is judged, too.
    var nextPolicies: String?
    /// The commit in which guests are looked for, too, that seem to be new: that of the server's HEAD before a push.
    var head: String?
    /// Skip what `.gitignore` files ignore, where directories are searched.
    package var usesGitignore = true
    package var mode = CheckMode.report
    /// Threads, the calling one included.
    package var jobs = Threads.cores

    package init() {}

    /// Prints the policy for the path, and where each of its values comes from.
    ///
    /// - Throws: `IOFailure` for several paths; what is wrong with the policy.
    package func showPolicy(_ settings: Settings, _ channels: Channels = .standard) throws {
        guard paths.count < 2 else {
            throw IOFailure(message: "--show-policy: paths can have different policies, so name one path")
        }
        let tree = try policyRevision.map { try PolicyTree(of: $0, in: GitRepository(), GitObjects()) }
        var policies = try PolicyLookup(settings, purpose: .check, tree: tree)
        var input = InputFile.file(paths.first ?? "-", channels)
        if let path = paths.first, Files.isDirectory(path) {
            input.directory = path
            // In a revision, the search for a policy starts from a file.
            input.content = .file(path.appending(PolicyFile.name))
        }
        if paths.first ?? "-" == "-" { input.name = "the current directory" }
        try channels.print(policies.listing(for: input))
    }

    /// - Throws: `ExitStatus`; `IOFailure` for wrong paths and revisions, and where the output cannot be written.
    package func run(_ settings: Settings, _ channels: Channels = .standard) throws {
        let job: CheckJob
        do {
            job = try self.job(settings, channels)
        } catch {
            // A report that is read by a program must not look as if nothing had been found.
            try? CheckOutput.report(ReportedFailure(error).problem, settings, mode, channels)
            throw error
        }
        try job.run(jobs: jobs)
    }

    /// The versions whose policies are compared; nil unless two versions in git are, and their policies count.
    private func policyVersions(_ inputs: CheckInputs, _ settings: Settings) throws -> PolicyChanges.Versions? {
        guard isStaged || revision != nil, settings.policyFile == nil, !settings.ignoresPolicies, settings.knownFindings != .recorded,
            let repository = inputs.repository, let oldTree = try replacedPolicies.map({ try repository.tree(of: $0) }) ?? inputs.base
        else { return nil }
        return PolicyChanges.Versions(
            oldTree: oldTree, oldCommit: try replacedPolicies.map { try repository.commitIfAny(of: $0) } ?? inputs.commit,
            newTree: try revision.map { try repository.tree(of: $0) }, newCommit: try revision.flatMap { try repository.commitIfAny(of: $0) },
            isPush: replacedPolicies != nil)
    }

    private func job(_ settings: Settings, _ channels: Channels) throws -> CheckJob {
        var settings = settings
        var failures: [IOFailure] = []
        var inputs: CheckInputs
        let included = IncludedFiles(
            settings, tree: try policyRevision.map { try PolicyTree(of: $0, in: GitRepository(), GitObjects()) })
        if let libvirt {
            let connection = try LibvirtConnection.orderly(uri: libvirt, timeout: settings.timeout)
            inputs = try CheckInputs(connection: connection, against: against, including: included) { failures.append($0) }
            // Unless the user names hosts, the domains must run on the host where they are defined.
            if settings.hosts.isEmpty { settings.hosts = [libvirt] }
        } else {
            inputs = try CheckInputs(
                paths: paths, staged: isStaged, revision: revision, against: against, usesGitignore: usesGitignore,
                including: included, channels
            ) { failures.append($0) }
            try inputs.add(unstagedFiles)
            inputs.head = head == inputs.commit ? nil : head
            if let nextPolicies { try inputs.addNewlyChecked(by: nextPolicies, before: replacedPolicies, settings) }
        }
        if let file = settings.inputFile { try inputs.takeStandardInput(for: FilePath(file)) }
        let job = try CheckJob(
            settings, inputs, mode: mode, staged: isStaged, policyRevision: policyRevision,
            policies: policyVersions(inputs, settings), channels)
        try failures.forEach { try job.fail($0) }
        // A push is judged by the policies before it. It may repair them, and its own are validated.
        if replacedPolicies == nil {
            for error in included.failures(notUsedBy: inputs.present) { try job.fail(ReportedFailure(error)) }
        }
        return job
    }
}
