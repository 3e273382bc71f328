import DomainXML
import Hosts
import Reports
import SystemPackage

/// A run of `filter`: the input channel to the output channel, findings to the error channel.
package struct FilterJob {
    private var settings: Settings
    private let directory: FilePath
    private let channels: Channels
    /// The file that is read; nil for the input channel.
    private let file: FilePath?

    /// - Parameters:
    ///   - path: the file that is read, as the command line names it; `-` for the input channel.
    ///   - directory: where the search for a policy starts, if the input is no file.
    package init(
        _ settings: Settings, of path: String = "-", from directory: FilePath = ".", _ channels: Channels = .standard
    ) {
        self.settings = settings
        self.directory = directory
        self.channels = channels
        file = path == "-" ? nil : Files.named(by: [path])[0]
        if let file { self.settings.inputFile = file.string }
    }

    /// Prints the policy, and where each of its values comes from.
    ///
    /// - Throws: what is wrong with the policy.
    package func showPolicy() throws {
        var policies = try PolicyLookup(settings, purpose: .rewrite)
        let input = inputFile
            ?? InputFile(name: "the current directory", content: .bytes([]), directory: directory, path: "-")
        try channels.print(policies.listing(for: input))
    }

    /// The file that is read, or that stdin is taken for; nil if there is none.
    private var inputFile: InputFile? { (file ?? settings.inputFile.map { FilePath($0) }).map { InputFile.file($0) } }

    /// - Throws: `ExitStatus`. In formats that people read, also what is wrong with the policy or a host, and `IOFailure`
    ///   where reading or writing fails; in the others, these are in the report.
    package func run() throws {
        let output = FilterOutput(settings, channels)
        // What was found before a failure stands above it.
        defer { output.sendReport() }
        do {
            try run(to: output)
        } catch let failure as any Failure where !settings.format.isText {
            output.fail(failure)
            output.endReport()
            throw ExitStatus.failed
        }
    }

    private func run(to output: FilterOutput) throws {
        guard let file else { return try run(StandardInput(channels), to: output) }
        let descriptor = try Files.open(file, named: file.string).descriptor
        defer { try? descriptor.close() }
        try run(StandardInput(descriptor, named: printable(file.string)), to: output)
    }

    private func run(_ input: StandardInput, to output: FilterOutput) throws {
        var policies = try PolicyLookup(settings, purpose: .rewrite)
        let file = inputFile
        let policy = try policies.policy(forDirectory: file?.directory ?? directory)
        if !settings.isQuiet {
            policies.strangers.sorted { $0.string < $1.string }.forEach {
                channels.sendErrors(note(PolicyLookup.remark(onStranger: $0)))
            }
        }
        let filter = StreamFilter(
            settings, policy.judge, path: file.flatMap { policy.path(of: $0) }, from: input, to: output)
        do {
            try filter.run()
        } catch let error as MalformedInput {
            try? output.flush()
            throw IOFailure(error, in: settings.inputFile ?? "<stdin>")
        }
        if !filter.hasDomains, settings.format.isText, !settings.isQuiet { output.say(.noDomain) }
        output.sendReport()
        for failure in filter.hostFailures {
            if settings.format.isText { channels.complain(failure.shown) } else { output.fail(failure) }
        }
        output.endReport()
        if !filter.hostFailures.isEmpty { throw ExitStatus.failed }
        if output.isCounted { throw ExitStatus.found }
    }
}
