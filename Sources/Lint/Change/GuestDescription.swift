import CPUModel
import Hosts

/// What a guest sees of its CPU and its hypervisor, in words.
public struct GuestDescription: Sendable, Equatable {
    /// What each is called, and what it is; features are no part of it.
    public private(set) var facts: [(label: String, value: String)] = []
    /// libvirt's names, sorted; those that the definition decides where the rest is the host's, with `+` or `-`.
    public private(set) var features: [String] = []

    /// - Parameter hosts: those that run it. What follows the host is known only as far as they are.
    public init(_ guest: GuestRecord, on hosts: StartCheck) {
        let hosts = HostTargets(hosts)
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

    private mutating func describeCPU(_ guest: GuestRecord, _ hosts: HostTargets) {
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

    /// Labels and values are compared in their order.
    public static func == (a: GuestDescription, b: GuestDescription) -> Bool {
        a.features == b.features && a.facts.elementsEqual(b.facts) { $0.label == $1.label && $0.value == $1.value }
    }
}
