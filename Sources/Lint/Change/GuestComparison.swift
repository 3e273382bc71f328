import CPUModel
import Hosts

/// Finds out what changed for a guest, part by part.
struct GuestComparison {
    let old: GuestRecord
    let new: GuestRecord
    let hosts: HostTargets
    var change = GuestChange()

    init(old: GuestRecord, new: GuestRecord, hosts: HostTargets) {
        self.old = old
        self.new = new
        self.hosts = hosts
    }

    mutating func run() {
        if old.platform.virtType != new.platform.virtType {
            change.add(.virtualisation, old.platform.virtType, new.platform.virtType)
        }
        // One that is not stated is a guess, which the host that runs it may make differently.
        if old.architecture.name != new.architecture.name, !old.architecture.isAssumed, !new.architecture.isAssumed {
            change.add(.architecture, old.architecture.name, new.architecture.name)
        }
        if old.commandLineCPU == nil, new.commandLineCPU == nil {
            compareCPUs()
            compareHypervisorLeaves()
        } else if old.commandLineCPU != new.commandLineCPU {
            // It overrides <cpu>, and what QEMU makes of its words is QEMU's business.
            change.add(.commandLine, old.commandLineCPU ?? "none", new.commandLineCPU ?? "none")
        }
        compareTopologies()
        compareParts()
    }

    // MARK: <cpu>

    private mutating func compareCPUs() {
        guard old.cpu.refused.isEmpty, new.cpu.refused.isEmpty else {
            if old.cpu.refused != new.cpu.refused {
                let which = old.cpu.refused.isEmpty ? "present" : "earlier"
                change.doubt("libvirt refuses the \(which) <cpu>, so that nobody knows what a guest would get of it")
            }
            return
        }
        let before = CPUSource(old), after = CPUSource(new)
        if isDefaultWrittenOut(before, after) {
            // Nothing more is known of it than that.
        } else if before.isX86 && after.isX86 {
            compare(before, after)
        } else {
            compareByName(before, after)
        }
        compareMachines(before, after)
        // QEMU knows none on other architectures.
        if old.architecture.family == .s390, new.architecture.family == .s390,
            old.cpu.dropsDeprecatedFeatures != new.cpu.dropsDeprecatedFeatures
        {
            let words = { (request: CPURequest) in request.dropsDeprecatedFeatures ? "off" : "on" }
            change.add(.cpu, "deprecated features \(words(old.cpu))", words(new.cpu))
        }
    }

    /// One has no CPU, and the other has what libvirt writes for that on the same machine.
    private func isDefaultWrittenOut(_ before: CPUSource, _ after: CPUSource) -> Bool {
        guard old.architecture.name == new.architecture.name, old.platform.virtType == new.platform.virtType else { return false }
        let was = MachineType(old.platform.machine).version, now = MachineType(new.platform.machine).version
        guard was == now || was == nil || now == nil else { return false }
        return before.kind == .hypervisorDefault && after.isAsWrittenForDefault(new)
            || after.kind == .hypervisorDefault && before.isAsWrittenForDefault(old)
    }

    private mutating func compare(_ before: CPUSource, _ after: CPUSource) {
        switch (before.kind, after.kind) {
        case (.model, .model), (.model, .hypervisorDefault), (.hypervisorDefault, .model),
            (.hypervisorDefault, .hypervisorDefault):
            apply(difference(before.definition, after.definition))
        case _ where before.kind == after.kind && before.namesSameModel(as: after, in: map):
            compareFollowing(before, after)
        case (.hostModel, .model), (.hostModel, .hypervisorDefault): compareHostModel(before, with: after, isOld: true)
        case (.model, .hostModel), (.hypervisorDefault, .hostModel): compareHostModel(after, with: before, isOld: false)
        case (.minimum, .model), (.model, .minimum), (.minimum, .minimum):
            // The model's name, and with it the brand string, is known all the same.
            var difference = difference(before.definition, after.definition)
            difference.items.removeAll { $0.aspect == .featuresGained || $0.aspect == .featuresLost }
            if difference.items.allSatisfy({ $0.aspect == .cpu }) { difference.items = [] }
            difference.doubts = []
            apply(difference)
            change.doubt("with match='minimum' the guest gets what the host has beyond the model, which no definition says")
        case (.passthrough, .maximum) where isAccelerated, (.maximum, .passthrough) where isAccelerated:
            change.doubt("under KVM, host-passthrough and maximum are nearly the same CPU; in what they differ, QEMU decides")
        default:
            change.add(.cpu, before.description, after.description)
            if let old = before.brand(map, hosts), let new = after.brand(map, hosts), old != new { change.add(.brand, old, new) }
        }
    }

    private var map: CPUMap { hosts.knowledge.map }
    private var isAccelerated: Bool { old.platform.isAccelerated && new.platform.isAccelerated }

    private mutating func apply(_ difference: GuestChange) {
        change.items += difference.items
        difference.doubts.forEach { change.doubt($0, isForHost: difference.needsHost) }
    }

    private func difference(_ before: CPUDefinition, _ after: CPUDefinition) -> GuestChange {
        SpeltOutComparison(
            old: before, new: after, oldPlatform: old.platform, newPlatform: new.platform, hosts: hosts
        ).change
    }

    /// host-model against a CPU that is spelt out: what libvirt makes of host-model on the hosts.
    private mutating func compareHostModel(_ hostModel: CPUSource, with other: CPUSource, isOld: Bool) {
        let whose = isOld ? "the earlier CPU was" : "the CPU is now"
        guard !hosts.hosts.isEmpty else {
            return change.doubt(Self.unknownHost(whose), isForHost: true)
        }
        let platform = isOld ? old.platform : new.platform
        var differences: [(host: String, change: GuestChange)] = []
        for index in hosts.hosts.indices {
            let name = hosts.hosts[index].name
            guard let expansion = try? hosts.expansion(of: hostModel.definition, for: platform, on: index) else {
                return change.doubt("\(whose) the host's (host-model), and what that is on \(name) is not known", isForHost: true)
            }
            var difference = isOld
                ? difference(expansion.cpu, other.definition) : difference(other.definition, expansion.cpu)
            if !difference.isNone, !expansion.isCertain {
                difference = GuestChange()
                difference.doubt(
                    "\(whose) the host's (host-model): \(expansion.cpu.model ?? "none") or the like on \(name), "
                        + "whose domain capabilities are not known", isForHost: true)
            }
            differences.append((name, difference))
        }
        guard let first = differences.first(where: { !$0.change.isNone }) else { return }
        if let same = differences.first(where: { $0.change.isNone }) {
            return change.doubt("\(whose) the host's (host-model): nothing changes on \(same.host), much on \(first.host)")
        }
        apply(first.change)
        guard let index = change.items.firstIndex(where: { $0.aspect == .cpu }) else { return }
        let words = "host-model (\(isOld ? change.items[index].old : change.items[index].new) on \(first.host))"
        if isOld { change.items[index].old = words } else { change.items[index].new = words }
    }

    private static func unknownHost(_ whose: String) -> String {
        "\(whose) the host's (host-model), and no host is known: that no definition says what it is, is itself the risk"
    }

    /// Both get what the host has; only what they ask for besides may differ.
    private mutating func compareFollowing(_ before: CPUSource, _ after: CPUSource) {
        if before.kind == .hostModel || before.kind == .minimum, before.definition.vendorID != after.definition.vendorID {
            let words = { (id: String?) in id ?? "the host's" }
            change.add(.vendor, words(before.definition.vendorID), words(after.definition.vendorID))
        }
        if old.cpu.isMigratable != new.cpu.isMigratable {
            change.doubt("migratable='off' gives the guest features that cannot migrate (invtsc), where the host has them")
        }
        let given = HostFeatures(hosts, new.platform)
        let was = before.definition.outcomes, now = after.definition.outcomes
        var gained: [String] = [], lost: [String] = []
        for name in Set(was.keys).union(now.keys).sorted() {
            let a = was[name] ?? given[name], b = now[name] ?? given[name]
            guard was[name] != now[name], a != b || a == nil else { continue }
            switch (a, b) {
            case (false?, true?): gained.append(name)
            case (true?, false?): lost.append(name)
            default:
                let words = { (value: Bool?) in value.map { $0 ? "on" : "off" } ?? "as the host has it" }
                change.doubt("feature \(name): \(words(a)) → \(words(b)), and it is not known whether the host has it", isForHost: true)
            }
        }
        change.add(.featuresGained, gained)
        change.add(.featuresLost, lost)
    }

    /// Architectures whose models the map does not have, and hypervisors other than QEMU.
    private mutating func compareByName(_ before: CPUSource, _ after: CPUSource) {
        if before.description != after.description {
            let spelt = [before, after].first { $0.kind == .model }
            let followed = [before, after].first { $0.kind == .hostModel }
            if let spelt, let followed, old.hypervisor == new.hypervisor {
                if isExpansion(spelt, of: followed) { return }
                if hosts.hosts.isEmpty {
                    let whose = followed.isSame(as: before) ? "the earlier CPU was" : "the CPU is now"
                    return change.doubt(Self.unknownHost(whose), isForHost: true)
                }
            }
            change.add(.cpu, before.description, after.description)
        }
        let was = before.definition.outcomes, now = after.definition.outcomes
        let names = Set(was.keys).union(now.keys).sorted().filter { was[$0] != now[$0] }
        change.add(.featuresGained, names.filter { now[$0] == true || now[$0] == nil && was[$0] == false })
        change.add(.featuresLost, names.filter { now[$0] == false || now[$0] == nil && was[$0] == true })
    }

    private func isExpansion(_ spelt: CPUSource, of followed: CPUSource) -> Bool {
        !hosts.hosts.isEmpty && hosts.hosts.indices.allSatisfy { index in
            guard let expansion = try? hosts.expansion(of: followed.definition, for: new.platform, on: index) else { return false }
            return expansion.cpu.model == spelt.definition.model && expansion.cpu.outcomes == spelt.definition.outcomes
        }
    }

    /// Only the default is the machine type's; what a named model is, its name says.
    private mutating func compareMachines(_ before: CPUSource, _ after: CPUSource) {
        guard old.hypervisor != .hardware || before.isX86, before.kind == .hypervisorDefault || after.kind == .hypervisorDefault,
            before.isManaged && after.isManaged, old.platform.virtType == new.platform.virtType
        else { return }
        let was = MachineType(old.platform.machine), now = MachineType(new.platform.machine)
        guard was.version != now.version else { return }
        if was.version != nil, now.version != nil {
            change.add(.machine, was.description, now.description)
        } else {
            let alias = was.version == nil ? was : now
            change.doubt(
                "the default CPU is the machine type's, \(was) → \(now), and \(alias) is whatever version the QEMU has that starts it")
        }
    }

    // MARK: The rest

    private mutating func compareTopologies() {
        let was = old.topology, now = new.topology
        guard "\(was)" != "\(now)" else { return }
        // What other hypervisors make of vCPUs without <topology>, they decide.
        guard was.isGiven && now.isGiven || old.isManaged && new.isManaged else { return }
        let why = " (no <topology>: each vCPU is a socket)"
        change.add(
            .topology, "\(was)" + (!was.isGiven && now.isGiven ? why : ""), "\(now)" + (now.isGiven ? "" : why),
            isMinor: was.maximumVCPUs != now.maximumVCPUs)
    }

    private mutating func compareParts() {
        let was = old.cpu, now = new.cpu
        if was.physicalAddresses != now.physicalAddresses {
            change.add(.physicalAddresses, was.physicalAddresses ?? "not stated", now.physicalAddresses ?? "not stated")
        }
        if was.caches != now.caches {
            let words = { (caches: [String]) in caches.isEmpty ? "not stated" : caches.joined(separator: ", ") }
            change.add(.caches, words(was.caches), words(now.caches))
        }
    }

    private mutating func compareHypervisorLeaves() {
        guard old.isManaged || new.isManaged else { return }
        let was = old.hypervisorLeaves, now = new.hypervisorLeaves
        if was.description != now.description { change.add(.hypervisor, was.description, now.description) }
        // Where Hyper-V comes or goes, that says it all.
        if was.showsHyperV, now.showsHyperV, was.enlightenments != now.enlightenments,
            !(was.isHyperVPassedThrough && now.isHyperVPassedThrough)
        {
            let words = { (list: [String]) in list.isEmpty ? "none" : list.joined(separator: ", ") }
            change.add(.enlightenments, words(was.enlightenments), words(now.enlightenments), isMinor: true)
        }
        if was.others != now.others {
            let words = { (list: [String]) in list.isEmpty ? "not stated" : list.joined(separator: ", ") }
            change.add(.paravirtualisation, words(was.others), words(now.others), isMinor: true)
        }
    }
}

extension GuestRecord {
    /// QEMU runs it.
    var isManaged: Bool { hypervisor.isManaged }
}

extension HypervisorLeaves: CustomStringConvertible {
    /// Which hypervisor the guest finds: `KVM`, `KVM and Hyper-V`…
    public var description: String {
        let signatures = [
            isKVMHidden ? nil : "KVM",
            isHyperVPassedThrough ? "Hyper-V as the host knows it" : nil,
            showsHyperV && !isHyperVPassedThrough ? "Hyper-V" + (hyperVVendor.map { " (\($0))" } ?? "") : nil,
        ].compactMap { $0 }
        return signatures.isEmpty ? "hidden" : signatures.joined(separator: " and ")
    }
}

/// `pc-q35-9.2` taken apart.
private struct MachineType: CustomStringConvertible {
    let description: String
    /// What the CPU depends on: `9.2`, `rhel9.2.0`; of a board without versions, its name. Nil for the alias of a
    /// family, which is the newest version that QEMU has, and where no machine is named.
    let version: Substring?

    private static let aliases = ["pc", "q35", "virt", "pseries", "s390-ccw-virtio", "ubuntu", "ubuntu-q35"]
    private static let families = ["pc-i440fx-", "pc-q35-", "pc-", "virt-", "pseries-", "s390-ccw-virtio-"]

    init(_ name: String?) {
        description = name ?? "none named"
        guard let name, !Self.aliases.contains(name) else {
            version = nil
            return
        }
        version = name.dropFirst(Self.families.first { name.hasPrefix($0) }?.count ?? 0)
    }
}
