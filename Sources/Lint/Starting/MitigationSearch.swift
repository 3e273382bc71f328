import CPUModel
import Hosts

/// The protections that all hosts offer and a guest lacks.
struct MitigationSearch {
    /// A fact, and the name of its feature that the hosts have.
    struct Open {
        var fact: SecurityFact
        var name: String
        var line: String { fact.line(for: name) }
    }

    /// What the guest needs to protect itself.
    private(set) var controls: [Open] = []
    /// What would spare the guest a cost that is known.
    private(set) var reliefs: [Open] = []

    private let question: StartQuestion
    private let x86: X86Map
    /// What all hosts offer.
    private let common: FeatureSet
    /// What the guest sees.
    private let visible: FeatureSet
    /// The features that the definition mentions, whatever it says of them.
    private let mentioned: Set<String>

    /// Nil if it is not known what the hosts offer or what the guest sees, and for hosts of unlike vendors.
    init?(_ question: StartQuestion, on hosts: StartCheck) {
        let knowledge = hosts.knowledge
        guard let common = hosts.commonlyOffered(to: question.platform),
            let visible = try? knowledge.map.guestVisibleCPU(of: question.cpu, under: .kvm, machine: question.platform.machine)
        else { return nil }
        self.question = question
        x86 = knowledge.x86
        self.common = common
        self.visible = visible.features
        mentioned = Set(question.cpu.features.map(\.name))
        let vendors = Set(hosts.vendors)
        // A name that the oldest libvirt lacks would be the next finding.
        let known = hosts.mapOfDefinitions.x86
        let facts = SecurityFact.all.filter { fact in
            vendors.allSatisfy { $0.map(fact.vendors.contains) ?? false } && fact.names.allSatisfy { !mentioned.contains($0) }
                && !fact.names.contains { has($0, self.visible) }
        }
        for fact in facts {
            guard let name = fact.names.first(where: { has($0, common) && known.feature(named: $0) != nil }) else { continue }
            // What the definition turns off is not turned on again for something that needs it.
            if let parent = x86.parent(ofFeature: name), mentioned.contains(parent), !has(parent, self.visible) { continue }
            switch fact.use {
            case .control where !isImmune(fact): controls.append(Open(fact: fact, name: name))
            case .relief where spares(fact): reliefs.append(Open(fact: fact, name: name))
            default: continue
            }
        }
    }

    private func has(_ name: String, _ features: FeatureSet) -> Bool {
        x86.bits(ofFeature: name).map { $0.isSubset(of: features) } ?? false
    }

    /// The hosts are not affected: the guest can do without the control, and better so if it sees the same.
    private func isImmune(_ fact: SecurityFact) -> Bool {
        !fact.immunity.isEmpty
            && (fact.immunity.allSatisfy { has($0, common) } || fact.immunity.allSatisfy { has($0, visible) })
    }

    /// The guest has what protects it without the controls, unless its kernel is old.
    var isForOldKernelsOnly: Bool {
        controls.allSatisfy { open in open.fact.successors.contains { has($0, visible) } }
    }

    private func spares(_ fact: SecurityFact) -> Bool {
        fact.cost != nil && fact.onlyWith.allSatisfy { has($0, visible) }
            && !fact.never.contains { has($0, visible) || mentioned.contains($0) }
    }

    /// Those of the features that can be added: a host that starts the guest now must start it with them.
    func addable(_ open: [Open], on hosts: StartCheck) -> [Open] {
        if hosts.stillStarts(question, with: required(open)) { return open }
        let each = open.filter { hosts.stillStarts(question, with: required([$0])) }
        return hosts.stillStarts(question, with: required(each)) ? each : []
    }

    private func required(_ open: [Open]) -> [CPUDefinition.Feature] { lines(for: open).map { CPUDefinition.Feature($0) } }

    /// The features to require, with those that QEMU needs for them.
    func lines(for open: [Open]) -> [String] {
        var names: [String] = []
        for name in open.map(\.name) {
            if let parent = x86.parent(ofFeature: name), !has(parent, visible), !names.contains(parent) { names.append(parent) }
            names.append(name)
        }
        return names
    }
}

extension StartCheck {
    /// Whether a guest that lists more features starts wherever it starts now.
    func stillStarts(_ question: StartQuestion, with features: [CPUDefinition.Feature]) -> Bool {
        var more = question
        more.cpu.features += features
        return remembering(more, withLast: features.count) {
            known(question.platform).allSatisfy { host in
                judge(more, on: host).answer == .starts || judge(question, on: host).answer != .starts
            }
        }
    }
}
