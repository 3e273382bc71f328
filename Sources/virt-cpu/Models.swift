import ArgumentParser
import CPUModel
import Hosts
import Lint

/// `virt-cpu models [--host SPEC]`.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
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
        let knowledge = try map.knowledge()
        let map = knowledge.map
        let sources = HostArguments(knowledge: knowledge, timeout: libvirt.timeout)
        let hosts = try sources.known(try sources.hosts(for: host)).map { try ModelHost($0, map) }
        let width = map.x86.models.map(\.name.count).max() ?? 0
        var output = ""
        for model in map.x86.models {
            let older = map.x86.unversionedName(of: model.name)
            switch format {
            case .text:
                var line = columns(model.name, model.vendor, width) + (older.map { "= \($0)" } ?? "")
                for host in hosts { line += "  \(host.name): \(host.word(on: model))" }
                output += trimmed(line)
            case .jsonLines:
                output += object(model.name, "x86", model.vendor, older, hosts.map { ($0, model) }).text + "\n"
            }
        }
        for model in hosts.isEmpty ? map.ppc64.models : [] {
            switch format {
            case .text: output += trimmed(columns(model.name, model.vendor, width))
            case .jsonLines: output += object(model.name, "ppc64", model.vendor, nil, []).text + "\n"
            }
        }
        StandardOutput.write(output)
    }

    private func object(
        _ name: String, _ architecture: String, _ vendor: String?, _ older: String?, _ hosts: [(ModelHost, X86Model)]
    ) -> JSONObject {
        var object = JSONObject()
        object.add("model", name)
        object.add("arch", architecture)
        object.add("vendor", vendor)
        object.add("unversioned", older)
        var lacking = JSONObject(), hypervisors = JSONObject()
        for (host, model) in hosts {
            if let missing = host.missing(of: model) { lacking.add(host.name, missing) }
            guard let hypervisor = host.hypervisor else { continue }
            var word = JSONObject()
            let listed = hypervisor.model(named: model.name)
            word.add("usable", listed?.usability.rawValue ?? "not listed")
            word.add("blockers", listed?.blockers ?? [])
            word.add("deprecated", listed?.isDeprecated ?? false)
            hypervisors.add(host.name, word)
        }
        object.add("missing", lacking)
        object.add("hypervisor", hypervisors)
        return object
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
}

/// A host, as far as it has a word on models.
private struct ModelHost {
    let name: String
    /// What its hypervisor gives to guests, where that is known.
    let hypervisor: DomainCapabilities?
    private let map: CPUMap
    /// Nil where nothing is known of the host's CPU.
    private let features: FeatureSet?

    /// - Throws: `HostError` for a host that is not x86, or does not answer.
    init(_ host: Host, _ map: CPUMap) throws {
        name = host.name
        self.map = map
        // An emulator alone says what its guests are.
        let architecture = host.architecture ?? host.domainCapabilities.first?.platform.architecture
        if let architecture, CPUFamily(architecture: architecture) != .x86 {
            throw HostError(file: host.file ?? host.name, message: "host \(host.name) is \(architecture), not x86")
        }
        hypervisor = try host.nativeCapabilities().first { !$0.models.isEmpty }
        features = if let cpu = host.cpu, cpu.model != nil { try map.x86.host(cpu).features } else { nil }
    }

    func missing(of model: X86Model) -> [String]? { features.map { map.x86.featureNames(in: model.features - $0) } }

    func word(on model: X86Model) -> String {
        guard let hypervisor else {
            guard let missing = missing(of: model) else { return "nothing is known of its CPU" }
            return missing.isEmpty ? "complete" : "lacks \(shortened(missing))"
        }
        guard let listed = hypervisor.model(named: model.name) else { return "not listed" }
        let word = switch listed.usability {
        case .yes: "usable"
        case .unknown: "usable or not, it does not say"
        case .no where !listed.blockers.isEmpty: "not usable for want of \(shortened(listed.blockers))"
        // libvirt prints blockers since 10.9: the processor's own lack may tell.
        case .no: missing(of: model).map { $0.isEmpty ? "not usable" : "not usable, lacks \(shortened($0))" } ?? "not usable"
        }
        return word + (listed.isDeprecated ? ", deprecated" : "")
    }

    /// A versioned model can lack a hundred vmx-* features.
    private func shortened(_ names: [String]) -> String {
        names.prefix(8).joined(separator: " ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}
