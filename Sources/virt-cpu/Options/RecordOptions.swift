import ArgumentParser
import Work

/// The options about records.
struct RecordOptions: ParsableArguments {
    @Option(name: .long, help: "Read records from stdin, and write one answer for each: ndjson or nul.")
    var records: RecordFraming?

    @Option(
        name: .long,
        help: ArgumentHelp("Stop after more than N records with an error.", valueName: "n"))
    var maxErrors: Int?

    func validate() throws {
        if maxErrors != nil, records == nil { throw ValidationError("--max-errors needs --records") }
        if let maxErrors, maxErrors < 0 { throw ValidationError("--max-errors \(maxErrors): must be 0 or more") }
    }
}

extension RecordFraming: ExpressibleByArgument {}

extension RecordOptions {
    /// Judges the records of stdin, and ends with the status that `--fail-on` asks for: 0 if it was not given, whatever was found.
    func judge(_ framing: RecordFraming, _ options: SettingsOptions, _ purpose: JudgedRecords.Purpose) throws {
        let hasCounted = try JudgedRecords(options.settings(), purpose, framing, mostErrors: maxErrors).run()
        if hasCounted, options.failOn != nil { throw ExitStatus.found }
    }
}
