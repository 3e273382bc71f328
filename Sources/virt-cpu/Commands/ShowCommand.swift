import ArgumentParser
import Work

/// `virt-cpu show`: prints what guests see; also a textconv for git.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the CPU that guests see, one feature per line.",
        discussion: """
            With --with-source, the file itself follows: as a textconv, this makes `git diff` show changed features \
            and still every other change. A file that is not a domain definition is printed as it is.
            """)

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A host that runs the guests, to know the CPU of guests that follow their host. Repeatable. (Default: the "
                + "policy's hosts.)",
            valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var host: [String] = []

    @Option(name: .long, help: AnswerFormat.help)
    var format = AnswerFormat.text

    @OptionGroup var libvirt: LibvirtOptions

    @OptionGroup var map: CPUMapOptions

    @OptionGroup var policy: PolicyOptions

    @Flag(name: .long, help: "Also print the file itself, for git diff.")
    var withSource = false

    @Argument(help: ArgumentHelp("A file, or - for stdin.", valueName: "file"), completion: .file(extensions: ["xml"]))
    var file = "-"

    func validate() throws {
        if withSource, format != .text { throw ValidationError("--with-source prints the file: leave out --format") }
    }

    func run() throws {
        try Channels.standard.answer(format.json) {
            try HostQuestion(map, libvirt, policy).show(file, on: host, withSource: withSource, to: $0)
        }
    }
}
