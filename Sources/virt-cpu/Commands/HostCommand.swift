import ArgumentParser
import Reports
import Work

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
        let question = try HostQuestion(map.source, timeout: libvirt.timeout)
        let text = switch format {
        case .xml: try question.cpuElements(of: specs)
        case .json: "[\(try question.reports(on: specs).map(\.json.text).joined(separator: ",\n "))]\n"
        case .text: try question.reports(on: specs).map(\.text).joined(separator: "\n")
        }
        try Channels.standard.print(text)
    }
}
