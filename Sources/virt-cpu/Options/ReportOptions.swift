import ArgumentParser
import SystemPackage
import Work

/// The options about where a check's reports go.
struct ReportOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Write the report into FILE instead of stdout (-).", valueName: "file"), completion: .file())
    var output: String?

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Write a further report into FILE, in one of the formats of --format. Repeatable.", valueName: "format=file"),
        completion: .custom { _, _, word in CompletionWords.reports(word) })
    var report: [String] = []

    func validate() throws {
        var settings = Settings()
        try apply(to: &settings)
        let files = settings.reports.map(\.file) + [settings.outputFile].compactMap { $0 }
        if Set(files).count < files.count { throw ValidationError("--output and --report name one file twice") }
    }

    /// A report goes into a file.
    var isUsed: Bool { output != nil || !report.isEmpty }

    func apply(to settings: inout Settings) throws {
        settings.outputFile = output == "-" ? nil : output.map { FilePath($0) }
        do {
            settings.reports = try report.map { try ReportRequest($0) }
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
