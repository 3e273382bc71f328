import ArgumentParser
import Work

/// `virt-cpu check`: reads definitions and prints findings.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check domain XML in files, directories or git; findings go to stdout.",
        discussion: """
            Directories are searched for *.xml and what the policy includes, without what .gitignore files ignore (in a git repository, unless git tracks it) and what \
            the policy excludes. A file that is named is always checked. Files without a domain definition are \
            skipped. `-` is stdin. Without a path, the current directory is checked.

            With --staged, or with --rev and --against, only files that differ are checked; paths restrict them \
            further. Domains are paired with their earlier versions by UUID, then by name, then by path.
            """)

    @OptionGroup var options: SettingsOptions

    @OptionGroup var version: CheckedVersionOptions

    @OptionGroup var shown: ShowPolicyOptions

    @Flag(name: .long, help: "Check files that .gitignore files ignore, too. (The policy's exclude still counts.)")
    var noIgnore = false

    @OptionGroup var fixing: FixOptions

    @Flag(name: .long, help: "Print how many findings each rule has, and no findings.")
    var statistics = false

    @OptionGroup var reports: ReportOptions
    @OptionGroup var known: KnownFindingsOptions
    @OptionGroup var input: StandardInputOptions
    @OptionGroup var records: RecordOptions

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Worker threads (default: one per core).", valueName: "count"))
    var jobs: Int?

    @Argument(
        help: ArgumentHelp("Files, directories, or - for stdin.", valueName: "path"), completion: .file(extensions: ["xml"]))
    var paths: [String] = []

    func validate() throws {
        if version.connect != nil && (version.staged || version.rev != nil || !paths.isEmpty) {
            throw ValidationError(
                "--connect checks the domains of a libvirt: it cannot be combined with paths, --staged or --rev")
        }
        try fixing.validate(version, isOfStandardInput: paths.contains("-"))
        try known.validate(isPlain: version.isPresent && !fixing.fix && !paths.contains("-"), isDiff: fixing.diff)
        if input.filename != nil && !paths.contains("-") {
            throw ValidationError("--stdin-filename names what is read from stdin: add - to the paths")
        }
        if known.writesNoReport && (statistics || reports.isUsed) {
            throw ValidationError("--write-baseline and --add-ignore report no findings: leave out --output, --report and --statistics")
        }
        if statistics && !options.format.isText { throw ValidationError("--statistics prints a table: leave out --format") }
        if records.records != nil, !options.format.isText || reports.isUsed || known.isUsed || jobs != nil || noIgnore {
            throw ValidationError("--records prints an answer for each record: leave out --format, --output, --report, --jobs, --no-ignore and options about baselines")
        }
        if records.records != nil, !paths.isEmpty || version.isPresent == false || fixing.mode != .report || statistics || shown.showPolicy {
            throw ValidationError("--records reads stdin and prints an answer for each record: leave out paths and options about files, fixes and policies")
        }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    }

    func run() throws {
        if let framing = records.records { return try records.judge(framing, options, .check) }
        var request = self.request
        let settings = try self.settings()
        if settings.comment != nil, request.mode == .report { request.mode = .fix }
        try shown.showPolicy ? request.showPolicy(settings) : request.run(settings)
    }

    /// What the options ask for, as plain values.
    var request: CheckRequest {
        var request = CheckRequest()
        request.paths = Files.named(by: paths)
        request.isStaged = version.staged
        request.revision = version.rev
        request.against = version.against
        request.libvirt = version.connect
        request.policyRevision = version.policyRevision
        request.usesGitignore = !noIgnore
        request.mode = fixing.mode
        if let jobs { request.jobs = jobs }
        return request
    }

    func settings() throws -> Settings {
        var settings = try options.settings()
        settings.printsStatistics = statistics
        try reports.apply(to: &settings)
        try known.apply(to: &settings)
        input.apply(to: &settings)
        return settings
    }
}
