import CPUModel
import Hosts

/// What a guest sees of its CPU and its hypervisor, in words, for `virt-cpu show`.
public struct GuestDescription: Sendable, Equatable {
    /// Each property with its value, except features.
    public private(set) var facts: [(label: String, value: String)] = []
    /// libvirt's names of the features, sorted. If the CPU follows the host, only the features that the definition
    /// lists, with a `+` or `-` in front of the name.
    public private(set) var features: [String] = []

    /// - Parameters:
    ///   - guest: what is known of the guest.
    ///   - hosts: the hosts that run the guest. They decide about optional features, and about the vendor.
    public init(_ guest: GuestRecord, on hosts: StartCheck) {
        facts.append(("runs on", [guest.platform.virtType, guest.architecture.name, guest.platform.machine]
            .compactMap { $0 }.joined(separator: " ")))
        if let evidence = guest.windows { facts.append(("Windows", evidence)) }
        if let words = guest.commandLineCPU {
            facts.append(("CPU", "-cpu \(words) (qemu:commandline)"))
        } else if !guest.cpu.refused.isEmpty {
            facts.append(("CPU", "libvirt refuses it"))
        } else {
            describeCPU(guest, hosts)
        }
        facts.append(("topology", guest.topology.description))
        if let width = guest.cpu.physicalAddresses { facts.append(("physical addresses", width)) }
        if !guest.cpu.caches.isEmpty { facts.append(("caches", guest.cpu.caches.joined(separator: ", "))) }
        guard guest.isManaged else { return }
        facts.append(("hypervisor", guest.hypervisorLeaves.description))
        let leaves = guest.hypervisorLeaves.enlightenments + guest.hypervisorLeaves.others
        if !leaves.isEmpty { facts.append(("enlightenments", leaves.joined(separator: ", "))) }
    }

    private mutating func describeCPU(_ guest: GuestRecord, _ hosts: StartCheck) {
        let source = CPUSource(guest)
        facts.append(("CPU", source.description))
        let cpu = source.definition.decided(by: HostFeatures(hosts, guest.platform))
        let isSpeltOut = source.kind == .model || source.kind == .hypervisorDefault
        guard source.isX86, isSpeltOut, let seen = hosts.visible(cpu, guest.platform) else {
            if let id = source.definition.vendorID { facts.append(("vendor", id)) }
            features = source.definition.outcomes.sorted { $0.key < $1.key }.map { ($0.value ? "+" : "-") + $0.key }
            return
        }
        facts.append(("brand string", seen.brand ?? "that of \(seen.model)"))
        facts.append(("vendor", seen.vendor ?? "the host's"))
        if let signature = seen.signature { facts.append(("signature", "\(signature)")) }
        features = hosts.knowledge.x86.featureNames(in: seen.features).sorted()
        let open = Set(cpu.features(.optional)).sorted()
        if !open.isEmpty { facts.append(("optional", open.joined(separator: ", "))) }
    }

    /// Whether the features and the facts are the same, in the same order.
    public static func == (a: GuestDescription, b: GuestDescription) -> Bool {
        a.features == b.features && a.facts.elementsEqual(b.facts) { $0.label == $1.label && $0.value == $1.value }
    }
}
