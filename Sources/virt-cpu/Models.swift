import ArgumentParser
import CPUModel
import Hosts
import Lint

/// `virt-cpu models [--host SPEC]`.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the x86 CPU models that libvirt knows; with hosts, which of them each host has whole.",
        discussion: "By libvirt's CPU map; what QEMU and KVM add and take away is not looked at.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, jsonLines = "json-lines" }

    @Option(name: .long, help: "text or json-lines.")
    var format = Format.text

    @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("A file with a host. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @OptionGroup var map: CPUMapOptions

    func run() throws {
        let knowledge = try map.knowledge()
        let map = knowledge.map
        let hosts = try HostSpecs(knowledge: knowledge).hosts(for: host)
        let width = map.x86.models.map(\.name.count).max() ?? 0
        var output = ""
        for model in map.x86.models {
            let verdicts = try hosts.map { ($0.name, try verdict(on: $0, model, map)) }
            let older = map.x86.unversionedName(of: model.name)
            switch format {
            case .text:
                var line = model.name + String(repeating: " ", count: width + 2 - model.name.count)
                line += (model.vendor ?? "-") + String(repeating: " ", count: max(7 - (model.vendor ?? "-").count, 1))
                line += (older.map { ["= \($0)"] } ?? []).joined()
                for (name, missing) in verdicts {
                    line += "  \(name): \(missing.isEmpty ? "complete" : "lacks \(shortened(missing))")"
                }
                while line.hasSuffix(" ") { line.removeLast() }
                output += line + "\n"
            case .jsonLines:
                var object = JSONObject()
                object.add("model", model.name)
                object.add("vendor", model.vendor)
                object.add("unversioned", older)
                var lacking = JSONObject()
                for (name, missing) in verdicts { lacking.add(name, missing) }
                object.add("missing", lacking)
                output += object.text + "\n"
            }
        }
        StandardOutput.write(output)
    }

    /// A versioned model can lack a hundred vmx-* features.
    private func shortened(_ names: [String]) -> String {
        names.prefix(8).joined(separator: " ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }

    /// What the host lacks of the model.
    private func verdict(on host: Host, _ model: X86Model, _ map: CPUMap) throws -> [String] {
        guard let cpu = host.cpu else { return [] }
        guard case .x86 = CPUFamily(architecture: cpu.architecture ?? "") else {
            throw IOFailure(message: "host \(host.name) is \(cpu.architecture ?? "unknown"), not x86")
        }
        return map.x86.featureNames(in: model.features - (try map.x86.host(cpu).features))
    }
}
