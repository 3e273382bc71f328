import CPUModel
import Hosts

/// Two CPUs that name their model, as guests see them.
struct SpeltOutComparison {
    let old: CPUDefinition, new: CPUDefinition
    let oldPlatform: DomainPlatform, newPlatform: DomainPlatform
    let hosts: HostTargets

    private var knowledge: CPUKnowledge { hosts.knowledge }
    private var x86: X86Map { knowledge.x86 }

    var change: GuestChange {
        var change = GuestChange()
        guard !isSame else { return change }
        let given = HostFeatures(hosts, newPlatform)
        let before = old.decided(by: given), after = new.decided(by: given)
        let undecided = Set(before.features(.optional)).symmetricDifference(after.features(.optional))
        if let was = hosts.visible(before, oldPlatform), let now = hosts.visible(after, newPlatform) {
            compare(was, now, except: undecided, &change)
        } else if x86.canonicalName(of: old.model ?? "") != x86.canonicalName(of: new.model ?? "") {
            change.add(.cpu, old.model ?? "none", new.model ?? "none")
        }
        compareUnknownFeatures(before, after, &change)
        for name in undecided.sorted() {
            change.doubt("feature \(name) is optional in one of them: there the host decides whether the guest has it", isForHost: true)
        }
        return change
    }

    /// The same words but for order and for what is between libvirt and the host.
    private var isSame: Bool {
        oldPlatform.accelerator == newPlatform.accelerator && old.model == new.model && old.vendorID == new.vendorID
            && old.outcomes == new.outcomes && Set(old.features(.optional)) == Set(new.features(.optional))
    }

    private func compare(
        _ was: GuestVisibleCPU, _ now: GuestVisibleCPU, except undecided: Set<String>, _ change: inout GuestChange
    ) {
        let difference = knowledge.map.difference(from: was, to: now)
        let gained = difference.gained.filter { !undecided.contains($0) }
        let lost = difference.lost.filter { !undecided.contains($0) }
        let isOther = difference.brand != nil || difference.signature != nil || !gained.isEmpty || !lost.isEmpty
        if isOther, was.model != now.model { change.add(.cpu, was.model, now.model) }
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

    /// A newer libvirt's features, and misspelt ones.
    private func compareUnknownFeatures(_ before: CPUDefinition, _ after: CPUDefinition, _ change: inout GuestChange) {
        let was = before.outcomes, now = after.outcomes
        let names = Set(was.keys).union(now.keys).filter { x86.feature(named: $0) == nil && was[$0] != now[$0] }.sorted()
        guard !names.isEmpty else { return }
        change.doubt("\(listing(names)): not in the CPU map, so that nobody knows whether the model has \(names.count == 1 ? "it" : "them")")
    }
}

extension CPUDefinition {
    /// Optional features as the hosts have them, where they are known and agree.
    func decided(by given: HostFeatures) -> CPUDefinition {
        var cpu = self
        for index in cpu.features.indices where cpu.features[index].policy == .optional {
            if let isGiven = given[cpu.features[index].name] { cpu.features[index].policy = isGiven ? .require : .disable }
        }
        return cpu
    }
}

extension HostTargets {
    /// A CPU that names its model as guests see it, without the features that the map does not have; nil for a model
    /// that it does not have.
    func visible(_ cpu: CPUDefinition, _ platform: DomainPlatform) -> GuestVisibleCPU? {
        var cpu = cpu
        cpu.mode = .custom
        cpu.match = .exact
        cpu.features.removeAll { knowledge.x86.feature(named: $0.name) == nil }
        let qemu = knowledge.qemu ?? QEMUModels(qemuVersion: "", libvirtVersion: "", models: [])
        var seen = try? knowledge.map.guestVisibleCPU(of: cpu, under: platform.accelerator, qemu: qemu)
        if platform.accelerator == .kvm, seen?.vendor == nil { seen?.vendor = hostVendor(platform) }
        return seen
    }

    /// CPUID's vendor of all the hosts; nil where it is not known, and where they differ.
    private func hostVendor(_ platform: DomainPlatform) -> String? {
        var vendor: String?
        for index in hosts.indices {
            guard let name = startCheck.fullHost(index, for: platform)?.vendor,
                let string = knowledge.x86.vendor(named: name)?.string, vendor == nil || vendor == string
            else { return nil }
            vendor = string
        }
        return vendor
    }
}
