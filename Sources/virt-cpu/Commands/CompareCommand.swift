import ArgumentParser
import Work

/// `virt-cpu compare --host SPEC… FILE…`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare the CPUs of guests and hosts, as virsh cpu-compare does.",
        discussion: """
            The answer is identical, superset or incompatible, with the reason. It comes from libvirt's CPU map alone: \
            features that QEMU and KVM add or remove are not considered.

            The exit status is 1 if a guest is incompatible with a host, and 2 if a file or host cannot be read. A guest \
            that cannot be judged is reported and does not change the exit status.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("A host: a file or pattern, local, or a libvirt URI. Repeatable.", valueName: "spec"))
    var host: [String]

    @Option(name: .long, help: "Output format: text, or json (one object per line).")
    var format = Format.text

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(help: ArgumentHelp("Files with domains, or with one <cpu>.", valueName: "file"))
    var files: [String]

    func run() throws {
        try HostQuestion(map.source, timeout: libvirt.timeout).compare(files, with: host, isJSON: format == .json)
    }
}
