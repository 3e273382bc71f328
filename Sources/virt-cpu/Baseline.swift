import ArgumentParser
import CPUModel
import Hosts

/// `virt-cpu baseline SPEC…`.
struct Baseline: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One CPU that runs on all the hosts, as virsh cpu-baseline computes it.",
        discussion: "Exit status 1 when the hosts have none: different vendors or architectures, nothing in common.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case xml, text, json }

    @Flag(name: .long, help: "Leave features out that keep a guest from migrating.")
    var migratable = false

    @Flag(name: .long, help: "List every feature, the model's too, by name.")
    var expand = false

    @Option(name: .long, help: "xml (a guest's <cpu>), text or json.")
    var format = Format.xml

    @OptionGroup var map: CPUMapOptions

    @Argument(help: ArgumentHelp("Files with hosts.", valueName: "spec"))
    var specs: [String]

    func run() throws {
        let knowledge = try map.knowledge()
        let hosts = try HostSpecs(knowledge: knowledge).hosts(for: specs)
        let baseline: CPUDefinition
        do {
            baseline = try knowledge.map.baseline(hosts.compactMap(\.cpu), migratable: migratable, expand: expand)
        } catch {
            complain("virt-cpu: \(hosts.map(\.name).joined(separator: ", ")) have no baseline: \(error)")
            throw ExitStatus.found
        }
        switch format {
        case .xml: StandardOutput.write(baseline.xml)
        case .text:
            let features = baseline.features.map { ($0.policy == .disable ? "-" : "+") + $0.name }
            StandardOutput.write(([baseline.model ?? ""] + features).joined(separator: " ") + "\n")
        case .json:
            var object = JSONObject()
            object.add("model", baseline.model)
            object.add("vendor", baseline.vendor)
            object.add("fallback", baseline.fallback.rawValue)
            object.add("require", baseline.features(.require))
            object.add("disable", baseline.features(.disable))
            StandardOutput.write(object.text + "\n")
        }
    }
}
