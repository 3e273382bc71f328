import ArgumentParser
import Work

/// `virt-cpu compare --host SPEC… FILE…`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare guests' CPUs with hosts': identical, superset or incompatible, and why.",
        discussion: """
            As virsh cpu-compare does, by libvirt's CPU map alone: what QEMU and KVM add and take away is not looked \
            at. Exit status 1 when one is incompatible, 2 when a file or a host cannot be read; what cannot be judged is said, and counts as neither.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("A host: a file or pattern, local, or a libvirt URI. Repeatable.", valueName: "spec"))
    var host: [String]

    @Option(name: .long, help: "text, or json (one object a line).")
    var format = Format.text

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(help: ArgumentHelp("Files with domains, or with one <cpu>.", valueName: "file"))
    var files: [String]

    func run() throws {
        try HostQuestion(map.source, timeout: libvirt.timeout).compare(files, with: host, isJSON: format == .json)
    }
}
