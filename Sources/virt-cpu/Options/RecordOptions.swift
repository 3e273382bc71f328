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

    @Option(
        name: .long,
        help: ArgumentHelp("Refuse a domain of more than SIZE bytes (suffixes K, M).", valueName: "size"))
    var maxDomainSize = ByteCount.defaultMaximum

    func validate() throws {
        if maxErrors != nil, records == nil { throw ValidationError("--max-errors needs --records") }
        if let maxErrors, maxErrors < 0 { throw ValidationError("--max-errors \(maxErrors): must be 0 or more") }
    }
}

extension RecordFraming: ExpressibleByArgument {}
