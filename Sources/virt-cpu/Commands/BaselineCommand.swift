import ArgumentParser
import CPUModel
import Hosts
import Reports
import Work

/// `virt-cpu baseline SPEC…`.
struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "One CPU that runs on all the hosts, as virsh cpu-baseline computes it.",
        discussion: """
            As libvirt's QEMU driver does, features that it never gives to guests are left out: \
            \(X86Map.ignoredByQEMUDriver.joined(separator: ", ")).

            Of a host of which only the domain capabilities are known, their host-model counts.

            Exit status 1 when the hosts have none: different vendors or architectures, nothing in common; 2 when one \
            of them cannot be judged.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case xml, text, json }

    @Flag(name: .long, help: "Leave features out that keep a guest from migrating.")
    var migratable = false

    @Flag(name: .long, help: "List every feature, the model's too, by name.")
    var expand = false

    @Option(name: .long, help: "xml (a guest's <cpu>), text or json.")
    var format = Format.xml

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(help: ArgumentHelp("Hosts: files, patterns, local, libvirt URIs.", valueName: "spec"))
    var specs: [String]

    func run() throws {
        let cpu: CPUDefinition
        do {
            cpu = try HostQuestion(map.source, timeout: libvirt.timeout)
                .baseline(of: specs, migratable: migratable, expand: expand)
        } catch let answer as NoBaseline {
            Channels.standard.complain(answer.shown)
            throw ExitStatus.found
        }
        let text = switch format {
        case .xml: cpu.xml
        case .text: BaselineReport(cpu).text
        case .json: BaselineReport(cpu).json.text + "\n"
        }
        try Channels.standard.print(text)
    }
}
