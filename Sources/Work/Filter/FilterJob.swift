import DomainXML
import Hosts

/// A run of `filter`: stdin to the output channel, findings to the error channel.
package struct FilterJob {
    private let settings: Settings
    private let channels: Channels

    package init(_ settings: Settings, _ channels: Channels = .standard) {
        self.settings = settings
        self.channels = channels
    }

    /// - Throws: `ExitStatus`; what is wrong with the policy or a host; `IOFailure` where reading or writing fails.
    package func run() throws {
        var policies = try PolicyLookup(settings, purpose: .rewrite)
        let output = FilterOutput(settings, channels)
        let filter = StreamFilter(settings, try policies.policy(forDirectory: ".").judge, output)
        do {
            try filter.run()
        } catch let error as MalformedInput {
            try? output.flush()
            output.endReport()
            channels.complain(IOFailure(error, in: "<stdin>").description)
            throw ExitStatus.failed
        }
        output.endReport()
        filter.hostFailures.forEach { channels.complain("\($0)") }
        if !filter.hostFailures.isEmpty { throw ExitStatus.failed }
        if output.isCounted { throw ExitStatus.found }
    }
}
