import CPUModel
import Hosts

/// Compares two CPUs that name their models, as guests see them.
struct SpeltOutComparison {
    let old: CPUDefinition, new: CPUDefinition
    let oldPlatform: DomainPlatform, newPlatform: DomainPlatform
    let oldTopology: Topology, newTopology: Topology
    let hosts: StartCheck

    private var knowledge: CPUKnowledge { hosts.knowledge }
    private var x86: X86Map { knowledge.x86 }

    /// The differences and doubts.
    var change: GuestChange {
        var change = GuestChange()
        guard !isSame else { return change }
        let given = HostFeatures(hosts, newPlatform)
        let before = old.decided(by: given), after = new.decided(by: given)
        let undecided = Set(before.features(.optional)).symmetricDifference(after.features(.optional))
        if let was = hosts.visible(before, oldPlatform, oldTopology),
            let now = hosts.visible(after, newPlatform, newTopology)
        {
            compare(was, now, except: undecided.union(reportedAsTopology), &change)
        } else if x86.canonicalName(of: old.model ?? "") != x86.canonicalName(of: new.model ?? "") {
            change.add(.cpu, old.model ?? "none", new.model ?? "none")
        } else {
            compareListedFeatures(before, after, except: undecided, &change)
        }
        compareUnknownFeatures(before, after, &change)
        for name in undecided.sorted() {
            change.doubt("feature \(name) is optional in one of the two versions: there the host decides whether the guest has it", isForHost: true)
        }
        return change
    }

    /// Whether both request the same, on machines with the same models. The order of features does not count, and
    /// neither does what concerns only libvirt and the host.
    private var isSame: Bool {
        oldPlatform.accelerator == newPlatform.accelerator && old.model == new.model && old.vendorID == new.vendorID
            && oldMachine == newMachine
            && old.outcomes == new.outcomes && Set(old.features(.optional)) == Set(new.features(.optional))
    }

    /// Features that come and go with the topology, whose change is reported as such.
    private var reportedAsTopology: [String] {
        oldTopology.hasSeveralThreadsPerSocket == newTopology.hasSeveralThreadsPerSocket ? [] : ["ht", "cmp_legacy"]
    }

    private var oldMachine: MachineVersion? { oldPlatform.machine.flatMap { MachineVersion(machine: $0) } }
    private var newMachine: MachineVersion? { newPlatform.machine.flatMap { MachineVersion(machine: $0) } }

    private func compare(
        _ was: GuestVisibleCPU, _ now: GuestVisibleCPU, except others: Set<String>, _ change: inout GuestChange
    ) {
        let difference = knowledge.map.difference(from: was, to: now)
        let gained = difference.gained.filter { !others.contains($0) }
        let lost = difference.lost.filter { !others.contains($0) }
        let isOther = difference.brand != nil || difference.signature != nil || !gained.isEmpty || !lost.isEmpty
        if isOther, was.model != now.model { change.add(.cpu, was.model, now.model) }
        if isOther, was.model == now.model, oldMachine != newMachine {
            change.add(.machine, "\(MachineType(oldPlatform.machine))", "\(MachineType(newPlatform.machine))")
        }
        if difference.brand != nil {
            let words = { (cpu: GuestVisibleCPU) in cpu.brand ?? "that of \(cpu.model)" }
            change.add(.brand, words(was), words(now))
        }
        if let vendor = difference.vendor { change.add(.vendor, vendor.old ?? "the host's", vendor.new ?? "the host's") }
        if let signature = difference.signature {
            let words = { (signature: CPUSignature?) in signature.map { "\($0)" } ?? "not recorded" }
            change.add(.signature, words(signature.old), words(signature.new))
        }
        change.add(.featuresGained, gained)
        change.add(.featuresLost, lost)
    }

    /// Compares what two CPUs list, whose model is the same and has unknown features: it is newer than the CPU maps, or
    /// misspelt.
    private func compareListedFeatures(
        _ before: CPUDefinition, _ after: CPUDefinition, except undecided: Set<String>, _ change: inout GuestChange
    ) {
        if before.vendorID != after.vendorID {
            change.add(.vendor, before.vendorID ?? "the model's", after.vendorID ?? "the model's")
        }
        let was = before.outcomes, now = after.outcomes
        let names = Set(was.keys).union(now.keys).subtracting(undecided)
            .filter { x86.feature(named: $0) != nil && was[$0] != now[$0] }.sorted()
        let open = names.filter { was[$0] == nil || now[$0] == nil }
        change.add(.featuresGained, names.filter { !open.contains($0) && now[$0] == true })
        change.add(.featuresLost, names.filter { !open.contains($0) && now[$0] == false })
        guard !open.isEmpty else { return }
        let them = open.count == 1 ? "it" : "them"
        change.doubt(
            "\(listing(open)): no CPU map here describes \(new.model ?? "the model"), so it is not known whether the model has \(them)")
    }

    /// Compares the features that the CPU map does not contain: those of a newer libvirt, and misspelt ones.
    private func compareUnknownFeatures(_ before: CPUDefinition, _ after: CPUDefinition, _ change: inout GuestChange) {
        let was = before.outcomes, now = after.outcomes
        let names = Set(was.keys).union(now.keys).filter { x86.feature(named: $0) == nil && was[$0] != now[$0] }.sorted()
        guard !names.isEmpty else { return }
        change.doubt("\(listing(names)): not in the CPU map, so it is not known whether the model has \(names.count == 1 ? "it" : "them")")
    }
}
