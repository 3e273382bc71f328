import ArgumentParser
import Work

/// `virt-cpu diff OLD NEW`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what guests notice of a change: how their CPUs differ between two files.",
        discussion: """
            Domains are paired by UUID, then by name; if each file has only one domain, the two are paired anyway.

            The exit status is 0 if no guest sees another CPU, 1 if one does or may, and 2 if the work could not be \
            done.
            """)

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A host that runs the guests, to know the CPU of guests that follow their host. Repeatable. (Default: the "
                + "hosts of NEW's policy.)",
            valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var host: [String] = []

    @Option(name: .long, help: AnswerFormat.help)
    var format = AnswerFormat.text

    @OptionGroup var libvirt: LibvirtOptions

    @OptionGroup var map: CPUMapOptions

    @OptionGroup var policy: PolicyOptions

    @Argument(
        help: ArgumentHelp("The earlier definition, or - for stdin.", valueName: "old"),
        completion: .file(extensions: ["xml"]))
    var old: String

    @Argument(
        help: ArgumentHelp("The new definition, or - for stdin.", valueName: "new"),
        completion: .file(extensions: ["xml"]))
    var new: String

    func validate() throws {
        if old == "-" && new == "-" { throw ValidationError("OLD and NEW cannot both be stdin") }
    }

    func run() throws {
        try Channels.standard.answer(format.json) { try HostQuestion(map, libvirt, policy).diff(old, new, on: host, to: $0) }
    }
}
