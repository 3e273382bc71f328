import ArgumentParser
import Work

/// `virt-cpu check`: reads definitions and prints findings.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check domain XML in files, directories or git; findings go to stdout.",
        discussion: """
            Directories are searched for *.xml. Files without a domain definition are skipped. `-` is stdin. Without \
            a path, the current directory is checked.

            With --staged, or with --rev and --against, only files that differ are checked; paths restrict them \
            further. Domains are paired with their earlier versions by UUID, then by name, then by path.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Check the files that are staged in git, compared with HEAD.")
    var staged = false

    @Option(name: .long, help: ArgumentHelp("Check the files of a commit instead of the work tree.", valueName: "rev"))
    var rev: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Report what guests notice compared with an earlier version: a revision, REV... (its merge base with what "
                + "is checked), or a path.",
            valueName: "rev|path"))
    var against: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Check the domains that are defined in the libvirt at this URI.", valueName: "uri"))
    var connect: String?

    @Option(
        name: .customLong("policy-rev"),
        help: ArgumentHelp("Take policies, and the host files that they name, from a revision.", valueName: "rev"))
    var policyRevision: String?

    @Flag(name: .long, help: "Rewrite the files: apply fixes and the policy's default; without a default, only fixes that no guest notices.")
    var fix = false

    @Flag(name: .long, help: "Print what --fix would change as a unified diff; findings go to stderr.")
    var diff = false

    @Flag(name: .long, help: "Print how many findings each rule has, and no findings.")
    var statistics = false

    @OptionGroup var known: KnownFindingsOptions
    @OptionGroup var input: StandardInputOptions

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Worker threads (default: one per core).", valueName: "count"))
    var jobs: Int?

    @Argument(help: ArgumentHelp("Files, directories, or - for stdin.", valueName: "path"))
    var paths: [String] = []

    func validate() throws {
        if staged && rev != nil { throw ValidationError("--staged and --rev cannot be combined") }
        if connect != nil && (staged || rev != nil || !paths.isEmpty) {
            throw ValidationError(
                "--connect checks the domains of a libvirt: it cannot be combined with paths, --staged or --rev")
        }
        if fix && diff { throw ValidationError("--fix and --diff cannot be combined") }
        let isPlain = !staged && rev == nil && against == nil && connect == nil && !fix && !paths.contains("-")
        try known.validate(isPlain: isPlain, isDiff: diff)
        if fix && rev != nil {
            throw ValidationError(
                "--fix rewrites files, but the files of a commit cannot be rewritten: leave out --rev")
        }
        if fix && connect != nil {
            throw ValidationError(
                "--fix rewrites files, but libvirt keeps its definitions itself: change them with virsh define")
        }
        if (fix || diff) && paths.contains("-") {
            throw ValidationError("--fix and --diff work on files: for stdin, use virt-cpu filter")
        }
        if input.filename != nil && !paths.contains("-") {
            throw ValidationError("--stdin-filename names what is read from stdin: add - to the paths")
        }
        if statistics && !options.format.isText { throw ValidationError("--statistics prints a table: leave out --format") }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    }

    func run() throws {
        var request = CheckRequest()
        request.paths = Files.named(by: paths)
        request.isStaged = staged
        request.revision = rev
        request.against = against
        request.libvirt = connect
        request.policyRevision = policyRevision
        request.mode = fix ? .fix : diff ? .diff : .report
        if let jobs { request.jobs = jobs }
        var settings = try options.settings()
        settings.printsStatistics = statistics
        try known.apply(to: &settings)
        input.apply(to: &settings)
        if settings.comment != nil, request.mode == .report { request.mode = .fix }
        try request.run(settings)
    }
}
