import ArgumentParser
import Lint
import Work

/// The options about findings that somebody knows of: the baseline, and comments.
struct KnownFindingsOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: "Record what is found in .virt-cpu-baseline, so that later checks report only what is new.")
    var writeBaseline = false

    @Option(
        name: .long,
        help: ArgumentHelp("Use this baseline, instead of the nearest .virt-cpu-baseline above each file.", valueName: "file"),
        completion: .file())
    var baseline: String?

    @Flag(name: .long, help: "Use no baseline: report everything.")
    var noBaseline = false

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Suppress the findings of a rule: write a comment into each domain that has one. Repeatable.", valueName: "rule"),
        completion: .custom { _, _, _ in CompletionWords.rules })
    var addIgnore: [String] = []

    /// One of the options was given.
    var isUsed: Bool { writeBaseline || baseline != nil || noBaseline || !addIgnore.isEmpty || reason != nil }

    @Option(name: .long, help: ArgumentHelp("The reason that --add-ignore writes.", valueName: "text"))
    var reason: String?

    var writesNoReport: Bool { writeBaseline || !addIgnore.isEmpty }

    /// - Parameters:
    ///   - isPlain: the check reads files of this machine, compares them with nothing, and fixes nothing.
    ///   - isDiff: the check prints a diff.
    func validate(isPlain: Bool, isDiff: Bool) throws {
        let uses = [writeBaseline, baseline != nil, noBaseline].count { $0 }
        if uses > 1 { throw ValidationError("only one of --write-baseline, --baseline and --no-baseline can be used") }
        if writeBaseline && (!isPlain || isDiff) {
            throw ValidationError("--write-baseline records what a plain check of files finds: leave out the other options")
        }
        if writeBaseline && !addIgnore.isEmpty { throw ValidationError("--write-baseline and --add-ignore cannot be combined") }
        if !addIgnore.isEmpty && !isPlain {
            throw ValidationError("--add-ignore writes comments into files: of the other options, only --diff can be combined with it")
        }
        var settings = Settings()
        try apply(to: &settings)
        if addIgnore.isEmpty != (reason == nil) {
            throw ValidationError(reason == nil ? "--add-ignore needs --reason" : "--reason belongs to --add-ignore")
        }
    }

    func apply(to settings: inout Settings) throws {
        if writeBaseline { settings.knownFindings = .recorded }
        if noBaseline { settings.knownFindings = .none }
        if let baseline { settings.knownFindings = .named(baseline) }
        guard let reason else { return }
        do {
            settings.comment = try SuppressionComment(rules: addIgnore, reason: reason)
        } catch {
            throw ValidationError("--add-ignore: \(error)")
        }
    }
}
