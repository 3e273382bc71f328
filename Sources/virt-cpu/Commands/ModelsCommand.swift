import ArgumentParser
import Reports
import Work

/// `virt-cpu models [--host SPEC]`.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the CPU models that libvirt knows; with hosts, which of them each host can give to guests.",
        discussion: """
            Those of x86 and of ppc64, by libvirt's CPU map. With hosts, which are x86, those of x86 alone.

            Where a host's domain capabilities are known, its hypervisor's word counts: usable or not, by which \
            features, and deprecated; "not listed" is what that QEMU or libvirt does not know. Of other hosts is said \
            which models the processor has whole, and what QEMU and KVM add and take away is not looked at.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, jsonLines = "json-lines" }

    @Option(name: .long, help: "text or json-lines.")
    var format = Format.text

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A host: a file or pattern, local, or a libvirt URI. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    func run() throws {
        let table = try HostQuestion(map.source, timeout: libvirt.timeout).models(on: host)
        try Channels.standard.print(format == .text ? table.text : table.jsonLines)
    }
}
