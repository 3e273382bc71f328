import ArgumentParser
import Work

/// `virt-cpu diff OLD NEW`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what guests notice of a change: how the CPUs that they see differ between two files.",
        discussion: """
            Domains pair by UUID, else by name, else as the only one of each file. Exit status: 0 no guest sees \
            another CPU, 1 one does or may, 2 the work could not be done.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A host that runs the guests: what follows it is known then. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @Option(name: .long, help: "text, or json (one array).")
    var format = Format.text

    @OptionGroup var libvirt: LibvirtOptions

    @OptionGroup var map: CPUMapOptions

    @Argument(help: ArgumentHelp("The earlier definition, or - for stdin.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("The present definition, or - for stdin.", valueName: "new"))
    var new: String

    func validate() throws {
        if old == "-" && new == "-" { throw ValidationError("only one of OLD and NEW can be stdin") }
    }

    func run() throws {
        try HostQuestion(map.source, timeout: libvirt.timeout).diff(old, new, on: host, isJSON: format == .json)
    }
}
