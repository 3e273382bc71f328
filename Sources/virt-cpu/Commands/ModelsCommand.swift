import ArgumentParser
import Reports
import Work

/// `virt-cpu models [--host SPEC]`.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the CPU models that libvirt knows, and whether each host can give them to guests.",
        discussion: """
            The models come from libvirt's CPU map: those of x86 and ppc64. With --host, only those of x86 are listed, \
            and the hosts must be x86.

            If a host's domain capabilities are known, the answer is the hypervisor's own: usable, or unusable and \
            which features are missing; deprecated; or "not listed" if that QEMU or libvirt does not know the model. \
            For other hosts, the list shows which models the processor fully supports; features that QEMU and KVM add \
            or remove are not considered.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, jsonLines = "json-lines" }

    @Option(name: .long, help: "Output format: text or json-lines.")
    var format = Format.text

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A host: a file or pattern, local, or a libvirt URI. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    func run() throws {
        let table = try HostQuestion(map.source, libvirt: map.libvirt, timeout: libvirt.timeout).models(on: host)
        try Channels.standard.print(format == .text ? table.text : table.jsonLines)
    }
}
