import ArgumentParser
import CPUModel
import Hosts

/// `virt-cpu host SPEC…`.
struct HostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host",
        abstract: "Show hosts: nearest CPU model, what it leaves out, what the hypervisor gives to guests.",
        discussion: """
            A host is a file or pattern (the output of virsh capabilities and virsh domcapabilities, a host's <cpu>, \
            libvirt's <cpudata>), local, or a libvirt URI.

            Where domain capabilities are known: what host-model stands for, with the features that a guest does not \
            get because they would keep it from migrating; the width of its physical addresses; how many models are \
            usable, which are deprecated; and how old that libvirt is at the most.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, xml }

    @Option(name: .long, help: "text, json (an array) or xml (libvirt's <cpu> of each).")
    var format = Format.text

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(help: ArgumentHelp("Hosts: files, patterns, local, libvirt URIs.", valueName: "spec"))
    var specs: [String]

    func run() throws {
        let knowledge = try map.knowledge()
        let sources = HostArguments(knowledge: knowledge, timeout: libvirt.timeout)
        let hosts = try sources.known(try sources.hosts(for: specs))
        switch format {
        case .xml: StandardOutput.write(hosts.compactMap { $0.cpu?.xml }.joined())
        case .json:
            let reports = try hosts.map { try HostReport($0, map: knowledge.map).object.text }
            StandardOutput.write("[\(reports.joined(separator: ",\n "))]\n")
        case .text:
            let reports = try hosts.map { try HostReport($0, map: knowledge.map).text }
            StandardOutput.write(reports.joined(separator: "\n"))
        }
    }
}
