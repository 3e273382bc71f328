import ArgumentParser
import Work

/// `virt-cpu facts`: what a fleet needs to know of each guest.
struct FactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facts",
        abstract: "Print what decides where each guest can run, one JSON object per guest.",
        discussion: """
            The member "ask" names what the guest asks of a host: guests with the same ask get the same answer from every \
            host. The member "domain" is the smallest definition that asks the same.

            With --records, each record on stdin gets exactly one line, in the same order and with its id. ndjson: each \
            line is {"id": …, "xml": "…", "host": …, "cluster": …}; the last two are passed on. nul: definitions, each \
            ended by a NUL; the id is the record's number. What cannot be read gets a line with "error", and the rest \
            goes on.

            The exit status is 0 if every record was answered, and 2 if the work stopped. For files, it is 2 if one could \
            not be read.
            """)

    @OptionGroup var records: RecordOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Refuse a domain of more than SIZE bytes (suffixes K, M).", valueName: "size"))
    var maxDomainSize = ByteCount.defaultMaximum

    @Argument(
        help: ArgumentHelp("Files with domains; directories; - is standard input.", valueName: "file"),
        completion: .file(extensions: ["xml"]))
    var files: [String] = []

    func validate() throws {
        if records.records != nil, !files.isEmpty { throw ValidationError("--records reads stdin: leave out \(files[0])") }
        if records.records == nil, files.isEmpty { throw ValidationError("name files, or give --records to read records from stdin") }
    }

    func run() throws {
        let job = FactsJob(maximumDomainSize: maxDomainSize.bytes, mostErrors: records.maxErrors)
        if let framing = records.records { try job.answer(framing) } else { try job.answer(about: files) }
    }
}
