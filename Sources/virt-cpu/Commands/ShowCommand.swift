import ArgumentParser
import Work

/// `virt-cpu show`: also git's textconv.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what guests see of their CPUs, a feature a line.",
        discussion: """
            With --with-source the file follows as it is: as a textconv of git's, `git diff` then speaks of features \
            and hides no other change. What is no domain definition is printed as it is.
            """)

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A host that runs the guests: what follows it is known then. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @OptionGroup var libvirt: LibvirtOptions

    @OptionGroup var map: CPUMapOptions

    @Flag(name: .long, help: "Print the file behind it, for git diff.")
    var withSource = false

    @Argument(help: ArgumentHelp("A file, or - for stdin.", valueName: "file"))
    var file = "-"

    func run() throws {
        try HostQuestion(map.source, timeout: libvirt.timeout).show(file, on: host, withSource: withSource)
    }
}
