import ArgumentParser
import CPUModel
import Hosts

/// `virt-cpu baseline SPEC…`.
struct Baseline: ParsableCommand {
    static let configuration = CommandConfiguration(
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
        let knowledge = try map.knowledge()
        let sources = HostArguments(knowledge: knowledge, timeout: libvirt.timeout)
        let hosts = try sources.known(try sources.hosts(for: specs))
        let cpus = try hosts.map { host in
            if let cpu = host.cpu, cpu.model != nil { return cpu }
            guard var cpu = try host.nativeCapabilities().compactMap(\.hostModel).first else {
                throw unjudged(host, "nothing is known of its CPU")
            }
            (cpu.mode, cpu.architecture) = (.custom, host.architecture)
            return cpu
        }
        var baseline: CPUDefinition
        do {
            baseline = try knowledge.map.baseline(cpus, migratable: migratable, expand: expand)
        } catch {
            if case .notJudged = error { throw unjudged(hosts[0], "\(error)") }
            let why = if case .vendorsDiffer = error { vendors(hosts, cpus, knowledge.map) } else { "\(error)" }
            complain(printable("virt-cpu: error: \(hosts.map(\.name).joined(separator: ", ")) have no baseline: \(why)"))
            throw ExitStatus.found
        }
        baseline.features.removeAll { X86Map.ignoredByQEMUDriver.contains($0.name) }
        switch format {
        case .xml: StandardOutput.write(baseline.xml)
        case .text:
            let features = baseline.features.map { ($0.policy == .disable ? "-" : "+") + $0.name }
            StandardOutput.write(([baseline.model ?? ""] + features).map(printable).joined(separator: " ") + "\n")
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

    /// Which host is whose, the first of each vendor.
    private func vendors(_ hosts: [Host], _ cpus: [CPUDefinition], _ map: CPUMap) -> String {
        var seen: Set<String> = []
        let words = zip(hosts, cpus).compactMap { host, cpu -> String? in
            guard let vendor = cpu.vendor ?? cpu.model.flatMap({ map.x86.model(named: $0)?.vendor }),
                seen.insert(vendor).inserted
            else { return nil }
            return "\(host.name) is \(vendor)"
        }
        return "the vendors differ (\(words.joined(separator: ", ")))"
    }

    private func unjudged(_ host: Host, _ why: String) -> HostError {
        HostError(file: host.file ?? host.name, message: "host \(host.name): \(why)")
    }
}
