import DomainXML
import Hosts
import Reports
import SystemPackage

/// A run of `filter`: the input channel to the output channel, findings to the error channel.
package struct FilterJob {
    private let settings: Settings
    private let directory: FilePath
    private let channels: Channels

    /// - Parameter directory: where the search for a policy starts.
    package init(_ settings: Settings, from directory: FilePath = ".", _ channels: Channels = .standard) {
        self.settings = settings
        self.directory = directory
        self.channels = channels
    }

    /// Prints the policy, and where each of its values comes from.
    ///
    /// - Throws: what is wrong with the policy.
    package func showPolicy() throws {
        var policies = try PolicyLookup(settings, purpose: .rewrite)
        let input = InputFile(name: "the current directory", content: .bytes([]), directory: directory, path: "-")
        try channels.print(policies.listing(for: input))
    }

    /// - Throws: `ExitStatus`; what is wrong with the policy or a host; `IOFailure` where reading or writing fails.
    package func run() throws {
        var policies = try PolicyLookup(settings, purpose: .rewrite)
        let output = FilterOutput(settings, channels)
        let file = settings.inputFile.map { InputFile.file(FilePath($0)) }
        let policy = try policies.policy(forDirectory: file?.directory ?? directory)
        if !settings.isQuiet {
            policies.strangers.sorted { $0.string < $1.string }.forEach {
                channels.sendErrors(note(PolicyLookup.remark(onStranger: $0)))
            }
        }
        let filter = StreamFilter(
            settings, policy.judge, path: file.flatMap { policy.path(of: $0) }, from: StandardInput(channels), to: output)
        do {
            try filter.run()
        } catch let error as MalformedInput {
            try? output.flush()
            output.endReport()
            channels.complain(IOFailure(error, in: settings.inputFile ?? "<stdin>").description)
            throw ExitStatus.failed
        }
        if !filter.hasDomains, settings.format.isText, !settings.isQuiet { output.say([.remark(.noDomain)]) }
        output.endReport()
        filter.hostFailures.forEach { channels.complain("\($0)") }
        if !filter.hostFailures.isEmpty { throw ExitStatus.failed }
        if output.isCounted { throw ExitStatus.found }
    }
}
