import ArgumentParser
import CPUModel
import Hosts
import Lint

/// `virt-cpu models [--host SPEC]`.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the CPU models that libvirt knows; with hosts, which of them each host has whole.",
        discussion: """
            Those of x86 and of ppc64, by libvirt's CPU map; what QEMU and KVM add and take away is not looked at. With \
            hosts, which are x86, those of x86 alone.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, jsonLines = "json-lines" }

    @Option(name: .long, help: "text or json-lines.")
    var format = Format.text

    @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("A file with a host. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @OptionGroup var map: CPUMapOptions

    func run() throws {
        let knowledge = try map.knowledge()
        let map = knowledge.map
        let sources = HostSpecs(knowledge: knowledge)
        let hosts = try sources.known(try sources.hosts(for: host)).map { ($0.name, try features(of: $0, map)) }
        let width = map.x86.models.map(\.name.count).max() ?? 0
        var output = ""
        for model in map.x86.models {
            let verdicts = hosts.map { ($0, $1.map { map.x86.featureNames(in: model.features - $0) }) }
            let older = map.x86.unversionedName(of: model.name)
            switch format {
            case .text:
                var line = columns(model.name, model.vendor, width) + (older.map { "= \($0)" } ?? "")
                for (name, missing) in verdicts {
                    line += "  \(name): "
                    line += missing.map { $0.isEmpty ? "complete" : "lacks \(shortened($0))" } ?? "nothing is known of its CPU"
                }
                output += trimmed(line)
            case .jsonLines:
                var object = JSONObject()
                object.add("model", model.name)
                object.add("arch", "x86")
                object.add("vendor", model.vendor)
                object.add("unversioned", older)
                var lacking = JSONObject()
                for case (let name, let missing?) in verdicts { lacking.add(name, missing) }
                object.add("missing", lacking)
                output += object.text + "\n"
            }
        }
        for model in hosts.isEmpty ? map.ppc64.models : [] {
            switch format {
            case .text: output += trimmed(columns(model.name, model.vendor, width))
            case .jsonLines:
                var object = JSONObject()
                object.add("model", model.name)
                object.add("arch", "ppc64")
                object.add("vendor", model.vendor)
                object.add("unversioned", String?.none)
                object.add("missing", JSONObject())
                output += object.text + "\n"
            }
        }
        StandardOutput.write(output)
    }

    /// A versioned model can lack a hundred vmx-* features.
    private func shortened(_ names: [String]) -> String {
        names.prefix(8).joined(separator: " ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }

    private func columns(_ name: String, _ vendor: String?, _ width: Int) -> String {
        func padded(_ text: String, to width: Int) -> String {
            text + String(repeating: " ", count: max(width - text.count, 1))
        }
        return padded(name, to: width + 2) + padded(vendor ?? "-", to: 7)
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.hasSuffix(" ") { line.removeLast() }
        return printable(line) + "\n"
    }

    /// Nil where nothing is known of the host's CPU.
    private func features(of host: Host, _ map: CPUMap) throws -> FeatureSet? {
        guard let cpu = host.cpu, cpu.model != nil else { return nil }
        guard case .x86 = CPUFamily(architecture: cpu.architecture ?? "") else {
            throw HostError(
                file: host.file ?? host.name, message: "host \(host.name) is \(cpu.architecture ?? "unknown"), not x86")
        }
        return try map.x86.host(cpu).features
    }
}
