import Hosts
import SystemPackage

/// What a check is asked to do: which inputs it judges, and what it does with fixes.
package struct CheckRequest: Sendable {
    /// Files, directories and `-`; with `isStaged` or `revision`, paths in the repository. Empty for everything.
    package var paths: [FilePath] = []
    /// Judge the index instead of files.
    package var isStaged = false
    /// Judge a commit instead of files.
    package var revision: String?
    /// The earlier side: a revision, `REV...` for the merge base of REV and the present side, or a path.
    package var against: String?
    /// The URI of a libvirt whose domains are judged instead of files.
    package var libvirt: String?
    /// The revision that policies and their host files are taken from, instead of the files of this machine.
    package var policyRevision: String?
    package var mode = CheckMode.report
    /// Threads, the calling one included.
    package var jobs = Threads.cores

    package init() {}

    /// - Throws: `ExitStatus`; `IOFailure` for wrong paths and revisions, and where the output cannot be written.
    package func run(_ settings: Settings, _ channels: Channels = .standard) throws {
        var settings = settings
        var failures: [IOFailure] = []
        var inputs: CheckInputs
        if let libvirt {
            let connection = try LibvirtConnection.orderly(uri: libvirt, timeout: settings.timeout)
            inputs = try CheckInputs(connection: connection, against: against) { failures.append($0) }
            // Unless the user names hosts, the domains must run on the host where they are defined.
            if settings.hosts.isEmpty { settings.hosts = [libvirt] }
        } else {
            inputs = try CheckInputs(paths: paths, staged: isStaged, revision: revision, against: against, channels) {
                failures.append($0)
            }
        }
        if let file = settings.inputFile { try inputs.takeStandardInput(for: FilePath(file)) }
        let job = try CheckJob(
            settings, inputs, mode: mode, staged: isStaged, policyRevision: policyRevision, channels)
        failures.forEach { job.fail($0) }
        try job.run(jobs: jobs)
    }
}
