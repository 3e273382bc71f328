import CPUModel
import Hosts

/// What a guest sees of its CPU and its hypervisor, in words, for `virt-cpu show`.
public struct GuestDescription: Sendable, Equatable {
    /// Each property with its value, except features.
    public private(set) var facts: [(label: String, value: String)] = []
    /// libvirt's names of the features, sorted. If the CPU follows the host and the hosts do not tell what it is, only the
    /// features that the definition lists, with a `+` or `-` in front of the name.
    public private(set) var features: [String] = []

    /// - Parameters:
    ///   - guest: what is known of the guest.
    ///   - hosts: the hosts that run the guest. They decide about optional features, about the vendor, and what
    ///     host-model is.
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
        if !guest.cpuGlobals.isEmpty { facts.append(("changed by", guest.cpuGlobals.map { "-global \($0)" }.joined(separator: ", ") + " (qemu:commandline)")) }
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
        let hostModel = source.kind == .hostModel && source.isX86
            ? hosts.commonHostModel(of: source.definition, for: guest.platform) : nil
        facts.append(("CPU", source.description + (hostModel?.model.map { " (\($0) on \(whose(hosts)))" } ?? "")))
        let cpu = (hostModel ?? source.definition).decided(by: HostFeatures(hosts, guest.platform))
        let isSpeltOut = source.kind == .model || source.kind == .hypervisorDefault || hostModel != nil
        if source.isX86, !isSpeltOut, !hosts.hosts.isEmpty { return describeFollower(guest, source, hosts) }
        guard source.isX86, isSpeltOut, let seen = hosts.visible(cpu, guest.platform, guest.topology) else {
            if source.isX86, isSpeltOut, let model = cpu.model {
                let isListed = hosts.knowledge.x86.model(named: model) != nil
                let why = isListed ? "the model is newer than the CPU maps of this program" : "no CPU map here has the model"
                facts.append(("features", "not known: \(why)"))
            }
            if let id = source.definition.vendorID { facts.append(("vendor", id)) }
            features = source.definition.outcomes.sorted { $0.key < $1.key }.map { ($0.value ? "+" : "-") + $0.key }
            return
        }
        facts.append(("brand string", seen.brand ?? "that of \(seen.model)"))
        facts.append(("vendor", seen.vendor ?? "the host's"))
        if let signature = seen.signature { facts.append(("signature", "\(signature)")) }
        if hosts.knowledge.qemu?.model(named: seen.model) == nil {
            let why = hosts.knowledge.qemu == nil
                ? "how QEMU's models differ from this map is not recorded" : "no QEMU is known here that has the model"
            facts.append(("taken from", "libvirt's CPU map alone: \(why)"))
        }
        features = hosts.knowledge.x86.featureNames(in: seen.features).sorted()
        describeLevel(of: seen, source, guest, hosts)
        let open = Set(cpu.features(.optional)).sorted()
        if !open.isEmpty { facts.append(("optional", open.joined(separator: ", "))) }
        let orphans = orphans(among: cpu, seen, hosts.knowledge.x86)
        if !orphans.isEmpty { facts.append(("without effect", orphans.joined(separator: ", "))) }
        let unavailable = hosts.unavailable(cpu, guest.platform, guest.topology)
        if !unavailable.isEmpty {
            let words = " (the hypervisor of \(whose(hosts)) cannot provide these)"
            facts.append(("unavailable", unavailable.joined(separator: ", ") + words))
        }
    }

    /// Describes a guest that follows its host, on each host: what all have in common, and what some have besides.
    private mutating func describeFollower(_ guest: GuestRecord, _ source: CPUSource, _ hosts: StartCheck) {
        let x86 = hosts.knowledge.x86
        let all = hosts.hosts.indices.map { hosts.followedCPU(of: guest, on: $0) }
        let known = all.compactMap { $0 }
        let common = known.dropFirst().reduce(known.first?.features ?? FeatureSet()) { $0 & $1.features }
        var groups: [(cpu: FollowedCPU?, hosts: [String])] = []
        for (cpu, host) in zip(all, hosts.hosts) {
            if let index = groups.firstIndex(where: { $0.cpu == cpu }) { groups[index].hosts.append(host.name) } else { groups.append((cpu, [host.name])) }
        }
        for (cpu, names) in groups.prefix(Self.mostGroups) {
            let also = cpu.map { x86.featureNames(in: $0.features - common).sorted() } ?? []
            facts.append(("on \(listing(names))", (cpu?.words ?? "not known") + (also.isEmpty ? "" : ", there also \(listing(also))")))
        }
        if groups.count > Self.mostGroups { facts.append(("on other hosts", "\(groups.count - Self.mostGroups) other CPUs")) }
        if let id = source.definition.vendorID { facts.append(("vendor", id)) }
        if known.contains(where: { !$0.isCertain }) {
            facts.append(("features", "as far as the processors show: also give the output of virsh domcapabilities"))
        }
        if known.count == all.count, guest.platform.architecture == "x86_64", let level = x86.level(of: common) {
            facts.append(("level", hosts.hosts.count == 1 ? "\(level)" : "\(level) on all hosts"))
        }
        features = known.count == all.count
            ? x86.featureNames(in: common).sorted()
            : source.definition.outcomes.sorted { $0.key < $1.key }.map { ($0.value ? "+" : "-") + $0.key }
    }

    private static let mostGroups = 8

    /// A guest of a 32-bit architecture has no level.
    private mutating func describeLevel(
        of seen: GuestVisibleCPU, _ source: CPUSource, _ guest: GuestRecord, _ hosts: StartCheck
    ) {
        guard guest.platform.architecture == "x86_64" else { return }
        guard let level = hosts.knowledge.x86.level(of: seen.features) else {
            facts.append(("level", "below x86-64-v1: it is a 32-bit CPU"))
            return
        }
        let step = hosts.step(for: StartQuestion(cpu: source.definition, platform: guest.platform))
        facts.append(("level", "\(level)" + (step.map { "; \($0)" } ?? "")))
    }

    /// The requested features that QEMU clears because the guest lacks another one, with that one.
    private func orphans(among cpu: CPUDefinition, _ seen: GuestVisibleCPU, _ x86: X86Map) -> [String] {
        cpu.features.filter { $0.policy == .require || $0.policy == .force }.map(\.name).sorted().compactMap { name in
            guard let bits = x86.bits(ofFeature: name), !bits.isSubset(of: seen.features), let parent = x86.parent(ofFeature: name),
                let needed = x86.bits(ofFeature: parent), !needed.isSubset(of: seen.features)
            else { return nil }
            return "\(name) (needs \(parent))"
        }
    }

    private func whose(_ hosts: StartCheck) -> String { hosts.hosts.count == 1 ? "host \(hosts.hosts[0].name)" : "the hosts" }

    /// Whether the features and the facts are the same, in the same order.
    public static func == (a: GuestDescription, b: GuestDescription) -> Bool {
        a.features == b.features && a.facts.elementsEqual(b.facts) { $0.label == $1.label && $0.value == $1.value }
    }
}
