import ArgumentParser
import Hosts
import Work

/// `virt-cpu check`: definitions in, findings out.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check domain XML in files and directories, or as git has it; findings go to stdout.",
        discussion: """
            Directories are searched for *.xml; files without a domain definition are passed over. `-` is stdin. \
            Without a path, the current directory is checked.

            With --staged, and with --rev and --against, only the files that differ are judged; paths narrow that. \
            Domains are followed by uuid, then name, then path.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Judge what git has staged, against HEAD.")
    var staged = false

    @Option(name: .long, help: ArgumentHelp("Judge a commit's files instead of the work tree's.", valueName: "rev"))
    var rev: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The earlier version, a revision or a path: what a guest would notice is said. REV... is what the other side left REV at.", valueName: "rev|path"))
    var against: String?

    @Option(name: .long, help: ArgumentHelp("Judge the domains that a libvirt has defined.", valueName: "uri"))
    var connect: String?

    @Option(
        name: .customLong("policy-rev"),
        help: ArgumentHelp("Take policies, and the hosts' files that they name, from a revision.", valueName: "rev"))
    var policyRevision: String?

    @Flag(name: .long, help: "Rewrite the files: what is fixable, and the policy's default.")
    var fix = false

    @Flag(name: .long, help: "Print what --fix would change as a unified diff; findings go to stderr.")
    var diff = false

    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp("Threads that judge; without it, one for each core.", valueName: "count"))
    var jobs: Int?

    @Argument(help: ArgumentHelp("Files, directories, or - for stdin.", valueName: "path"))
    var paths: [String] = []

    func validate() throws {
        if staged && rev != nil { throw ValidationError("--staged and --rev exclude each other") }
        if connect != nil && (staged || rev != nil || !paths.isEmpty) {
            throw ValidationError("--connect judges what libvirt has: it takes no paths, --staged or --rev")
        }
        if fix && diff { throw ValidationError("--fix and --diff exclude each other") }
        if fix && rev != nil { throw ValidationError("--fix rewrites files; a commit's cannot be") }
        if fix && connect != nil { throw ValidationError("--fix rewrites files; libvirt's are its own: virsh define") }
        if (fix || diff) && paths.contains("-") { throw ValidationError("--fix and --diff are for files: filter is for stdin") }
        if let jobs, jobs < 1 { throw ValidationError("--jobs: 1 or more is wanted") }
    }

    func run() throws {
        var settings = try options.settings()
        var failures: [IOFailure] = []
        let inputs: CheckInputs
        if let connect {
            let connection = try LibvirtConnection.orderly(uri: connect, timeout: settings.timeout)
            inputs = try CheckInputs(connection: connection, against: against) { failures.append($0) }
            // The domains are to run where they are defined.
            if settings.hosts.isEmpty { settings.hosts = [connect] }
        } else {
            inputs = try CheckInputs(
                paths: Files.named(by: paths), staged: staged, revision: rev, against: against
            ) { failures.append($0) }
        }
        let job = try CheckJob(
            settings, inputs, mode: fix ? .fix : diff ? .diff : .report, staged: staged, policyRevision: policyRevision)
        failures.forEach { job.fail($0) }
        try job.run(jobs: jobs ?? Threads.cores)
    }
}
