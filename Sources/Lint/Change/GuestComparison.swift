import CPUModel
import Hosts

/// Compares two versions of a guest, part by part.
struct GuestComparison {
    let old: GuestRecord
    let new: GuestRecord
    let hosts: StartCheck
    var change = GuestChange()

    init(old: GuestRecord, new: GuestRecord, hosts: StartCheck) {
        self.old = old
        self.new = new
        self.hosts = hosts
    }

    mutating func run() {
        if old.platform.virtType != new.platform.virtType {
            change.add(.virtualisation, old.platform.virtType, new.platform.virtType)
        }
        // An assumed architecture is not compared, because it can be wrong.
        if old.architecture.name != new.architecture.name, !old.architecture.isAssumed, !new.architecture.isAssumed {
            change.add(.architecture, old.architecture.name, new.architecture.name)
        }
        if old.commandLineCPU == nil, new.commandLineCPU == nil {
            compareCPUs()
            compareHypervisorLeaves()
        } else if old.commandLineCPU != new.commandLineCPU {
            // `-cpu` overrides <cpu>. Its value is compared as text, because only QEMU knows what it means.
            change.add(.commandLine, old.commandLineCPU ?? "none", new.commandLineCPU ?? "none")
        }
        if old.cpuGlobals != new.cpuGlobals {
            func words(_ globals: [String]) -> String { globals.isEmpty ? "none" : listing(globals) }
            change.add(.globals, words(old.cpuGlobals), words(new.cpuGlobals))
        }
        compareTopologies()
        compareParts()
    }

    // MARK: <cpu>

    private mutating func compareCPUs() {
        guard old.cpu.refused.isEmpty, new.cpu.refused.isEmpty else {
            if old.cpu.refused != new.cpu.refused {
                let which = old.cpu.refused.isEmpty ? "current" : "earlier"
                change.doubt("libvirt refuses the \(which) <cpu>, so its effect on the guest is unknown")
            }
            return
        }
        let before = CPUSource(old), after = CPUSource(new)
        if isDefaultWrittenOut(before, after) {
            // Both versions have the hypervisor's default, so there is nothing to compare.
        } else if before.isX86 && after.isX86 {
            compare(before, after)
        } else {
            compareByName(before, after)
        }
        compareMachines(before, after)
        // QEMU has deprecated features only on s390x.
        if old.architecture.family == .s390, new.architecture.family == .s390,
            old.cpu.dropsDeprecatedFeatures != new.cpu.dropsDeprecatedFeatures
        {
            let words = { (request: CPURequest) in request.dropsDeprecatedFeatures ? "off" : "on" }
            change.add(.cpu, "deprecated features \(words(old.cpu))", words(new.cpu))
        }
    }

    /// Whether one version has no CPU, and the other has the CPU that libvirt writes for such a guest on the same
    /// machine.
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
        case (.hostModel, .hostModel) where compareHostModels(before, after),
            (.minimum, .minimum) where compareHostModels(before, after),
            (.hostModel, .minimum) where compareHostModels(before, after), (.minimum, .hostModel) where compareHostModels(before, after):
            break
        case _ where before.kind == after.kind && before.namesSameModel(as: after, in: map):
            compareFollowing(before, after)
        case (.hostModel, .minimum), (.minimum, .hostModel): compareFollowing(before, after)
        case (.hostModel, .model), (.hostModel, .hypervisorDefault): compareHostModel(before, with: after, isOld: true)
        case (.model, .hostModel), (.hypervisorDefault, .hostModel): compareHostModel(after, with: before, isOld: false)
        case (.minimum, .model) where !hosts.hosts.isEmpty: compareHostModel(before, with: after, isOld: true)
        case (.model, .minimum) where !hosts.hosts.isEmpty: compareHostModel(after, with: before, isOld: false)
        case (.minimum, .model), (.model, .minimum), (.minimum, .minimum):
            // What the guest has beyond the model is unknown, but the model's name is known, and so is the brand
            // string.
            var difference = difference(before.definition, after.definition)
            difference.items.removeAll { [.featuresGained, .featuresLost, .nestedVirtualisation].contains($0.aspect) }
            if difference.items.allSatisfy({ $0.aspect == .cpu }) { difference.items = [] }
            difference.doubts = []
            apply(difference)
            change.doubt("with match='minimum' the guest also gets what the host has beyond the model, and the definition does not say what that is")
        case (.passthrough, .maximum) where isAccelerated, (.maximum, .passthrough) where isAccelerated:
            change.doubt("under KVM, host-passthrough and maximum are nearly the same CPU; any difference depends on QEMU")
        default:
            change.add(.cpu, before.description, after.description)
            if let old = before.brand(hosts.knowledge), let new = after.brand(hosts.knowledge), old != new { change.add(.brand, old, new) }
            compareFeaturesOnHosts(before, after)
        }
    }

    /// Compares the features of two CPUs of which at least one is the host's own, on each host.
    private mutating func compareFeaturesOnHosts(_ before: CPUSource, _ after: CPUSource) {
        var differences: [(host: String, gained: FeatureSet, lost: FeatureSet)] = []
        for index in hosts.hosts.indices {
            guard let was = features(of: old, before, on: index), let now = features(of: new, after, on: index) else {
                return change.doubt("only the virsh domcapabilities of \(hosts.hosts[index].name) show which features change", isForHost: true)
            }
            // The topology decides about these, whatever the CPU is.
            let byTopology = map.x86.bits(ofFeatures: X86Map.followingTopology)
            differences.append((hosts.hosts[index].name, now - was - byTopology, was - now - byTopology))
        }
        guard let first = differences.first else { return }
        let x86 = map.x86
        if let other = differences.first(where: { $0.gained != first.gained || $0.lost != first.lost }) {
            func words(_ one: (host: String, gained: FeatureSet, lost: FeatureSet)) -> String {
                let parts = [("gains", one.gained), ("loses", one.lost)].filter { !$0.1.isEmpty }
                    .map { "\($0.0) \(listing(x86.featureNames(in: $0.1)))" }
                return "on \(one.host) it \(parts.isEmpty ? "keeps its features" : parts.joined(separator: " and "))"
            }
            return change.doubt("the features depend on the host: \(words(first)), \(words(other))")
        }
        change.add(.featuresGained, x86.featureNames(in: first.gained))
        change.add(.featuresLost, x86.featureNames(in: first.lost))
    }

    /// What a guest sees on a host. Nil if that is not certain.
    private func features(of guest: GuestRecord, _ source: CPUSource, on host: Int) -> FeatureSet? {
        if let followed = hosts.followedCPU(of: guest, on: host) { return followed.isCertain ? followed.features : nil }
        guard source.kind == .model || source.kind == .hypervisorDefault else { return nil }
        return hosts.visible(source.definition, guest.platform, guest.topology, on: host)?.features
    }

    private var map: CPUMap { hosts.knowledge.map }
    private var isAccelerated: Bool { old.platform.isAccelerated && new.platform.isAccelerated }

    private mutating func apply(_ difference: GuestChange) {
        change.items += difference.items
        for doubt in difference.doubts { change.doubt(doubt, isForHost: difference.needsHost) }
    }

    private func difference(_ before: CPUDefinition, _ after: CPUDefinition) -> GuestChange {
        SpeltOutComparison(
            old: before, new: after, oldPlatform: old.platform, newPlatform: new.platform, oldTopology: old.topology,
            newTopology: new.topology, hosts: hosts
        ).change
    }

    /// Compares host-model with a CPU that names its model: by what libvirt makes of host-model on each host.
    private mutating func compareHostModel(_ hostModel: CPUSource, with other: CPUSource, isOld: Bool) {
        let whose = isOld ? "the earlier CPU was" : "the CPU is now"
        guard !hosts.hosts.isEmpty else {
            return change.doubt(Self.unknownHost(whose), isForHost: true)
        }
        let platform = isOld ? old.platform : new.platform
        var differences: [(host: String, change: GuestChange)] = []
        var guessed: [String] = []
        for index in hosts.hosts.indices {
            let name = hosts.hosts[index].name
            guard let expansion = try? hosts.hostModelExpansion(of: hostModel.definition, for: platform, on: index) else {
                return change.doubt("\(whose) \(hostModel.description), and what that means on \(name) is not known", isForHost: true)
            }
            var difference = isOld
                ? difference(expansion.cpu, other.definition) : difference(other.definition, expansion.cpu)
            if !difference.isNone, !expansion.isCertain {
                difference = GuestChange()
                difference.doubt(
                    "\(whose) \(hostModel.description): \(expansion.cpu.model ?? "none") or similar on \(name), "
                        + "whose domain capabilities are not known", isForHost: true)
            }
            if !expansion.isCertain { guessed.append(name) }
            differences.append((name, difference))
        }
        guard let first = differences.first(where: { !$0.change.isNone }) else {
            if let doubt = Self.likelyNone(guessed, whose, hostModel) {
                change.doubt(doubt, isForHost: true)
                change.isLikelyNone = true
            }
            return
        }
        if let same = differences.first(where: { $0.change.isNone }) {
            change.isFreezing = isOld
            return change.doubt("\(whose) \(hostModel.description): the guest would see no change on \(same.host), but a different CPU on \(first.host)")
        }
        apply(first.change)
        guard let index = change.items.firstIndex(where: { $0.aspect == .cpu }) else { return }
        let words = "\(hostModel.description) (\(isOld ? change.items[index].old : change.items[index].new) on \(first.host))"
        if isOld { change.items[index].old = words } else { change.items[index].new = words }
    }

    /// What is not known if a comparison finds no difference on hosts of which only the processor is known. Nil without such
    /// hosts.
    private static func likelyNone(_ hosts: [String], _ whose: String, _ hostModel: CPUSource) -> String? {
        guard let first = hosts.first else { return nil }
        let names = hosts.count == 1 ? "host \(first)" : "hosts \(listing(hosts))"
        return "\(whose) \(hostModel.description): the processor\(hosts.count == 1 ? "" : "s") of \(names) show\(hosts.count == 1 ? "s" : "") "
            + "no change, but what the hypervisor adds or leaves out is not known; the output of virsh domcapabilities for the "
            + "guest's machine type would settle it"
    }

    /// Compares two host-models by what libvirt makes of both on each host: QEMU's named models lack what KVM switches off
    /// (`svm`), although the host-model lists its model as a whole.
    ///
    /// - Returns: false if that is not known of every host; nothing is compared then.
    private mutating func compareHostModels(_ before: CPUSource, _ after: CPUSource) -> Bool {
        var differences: [(host: String, change: GuestChange)] = []
        for index in hosts.hosts.indices {
            guard let was = try? hosts.hostModelExpansion(of: before.definition, for: old.platform, on: index),
                let now = try? hosts.hostModelExpansion(of: after.definition, for: new.platform, on: index),
                was.isCertain, now.isCertain
            else { return false }
            differences.append((hosts.hosts[index].name, difference(was.cpu, now.cpu)))
        }
        guard let first = differences.first else { return false }
        if let other = differences.first(where: { $0.change != first.change }) {
            let changed = first.change.isNone ? other : first
            let words = changed.change.items.map(\.description) + changed.change.doubts
            change.doubt("what changes depends on the host; on \(changed.host): \(words.joined(separator: "; "))")
        } else {
            apply(first.change)
        }
        return true
    }

    private static func unknownHost(_ whose: String) -> String {
        "\(whose) host-model, which depends on the host, and no host is given"
    }

    /// Compares two CPUs that both follow the host: only what they request in addition can differ.
    private mutating func compareFollowing(_ before: CPUSource, _ after: CPUSource) {
        if before.kind == .hostModel || before.kind == .minimum, before.definition.vendorID != after.definition.vendorID {
            let words = { (id: String?) in id ?? "the host's" }
            change.add(.vendor, words(before.definition.vendorID), words(after.definition.vendorID))
        }
        if old.cpu.isMigratable != new.cpu.isMigratable {
            change.doubt("migratable='off' gives the guest features that cannot migrate (such as invtsc), if the host has them")
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
                let words = { (value: Bool?) in value.map { $0 ? "on" : "off" } ?? "as on the host" }
                let what = ["svm", "vmx"].contains(name) ? "nested virtualisation (\(name))" : "feature \(name)"
                // QEMU's KVM switches svm off in its named models, of which host-model is one.
                let why = name == "svm" && before.kind == .hostModel
                    ? "KVM leaves svm out of host-model, unless the definition requires it"
                    : "it is not known whether the host has it"
                change.doubt("\(what): \(words(a)) → \(words(b)), and \(why)", isForHost: true)
            }
        }
        change.add(.featuresGained, gained)
        change.add(.featuresLost, lost)
    }

    /// Compares CPUs of architectures whose models the CPU map does not contain, and of hypervisors other than QEMU.
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

    /// Whether a CPU is what libvirt makes of a host-model on every host. False without hosts.
    private func isExpansion(_ spelt: CPUSource, of followed: CPUSource) -> Bool {
        !hosts.hosts.isEmpty && hosts.distinct.allSatisfy { index in
            guard let expansion = try? hosts.hostModelExpansion(of: followed.definition, for: new.platform, on: index) else { return false }
            return expansion.cpu.model == spelt.definition.model && expansion.cpu.outcomes == spelt.definition.outcomes
        }
    }

    /// Compares the machine types, which decide the CPU only if it is the default.
    private mutating func compareMachines(_ before: CPUSource, _ after: CPUSource) {
        guard old.hypervisor != .hardware || before.isX86, before.kind == .hypervisorDefault || after.kind == .hypervisorDefault,
            before.isManaged && after.isManaged, old.platform.virtType == new.platform.virtType
        else { return }
        let was = MachineType(old.platform.machine), now = MachineType(new.platform.machine)
        guard was.version != now.version else { return }
        // QEMU's models on these machine types are recorded, so that they have been compared.
        if before.isX86, after.isX86, hosts.knowledge.qemu != nil, was.isRecorded, now.isRecorded { return }
        if was.version != nil, now.version != nil {
            change.add(.machine, was.description, now.description)
        } else {
            let alias = was.version == nil ? was : now
            change.doubt(
                "the default CPU depends on the machine type (\(was) → \(now)), and the version of \(alias) depends on the QEMU that starts the guest")
        }
    }

    // MARK: The rest

    private mutating func compareTopologies() {
        let was = old.topology, now = new.topology
        guard "\(was)" != "\(now)" else { return }
        // Without <topology>, the topology is known only under QEMU.
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
        // If Hyper-V appears or disappears, the item above reports it, so the enlightenments are not compared.
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

extension GuestChange {
    /// What a guest notices when one version of its definition replaces another.
    ///
    /// - Parameters:
    ///   - old: the earlier version.
    ///   - new: the version that replaces it.
    ///   - hosts: the hosts that run the guest. A CPU that follows the host can be compared only if these are known.
    public static func between(_ old: GuestRecord, _ new: GuestRecord, on hosts: StartCheck) -> GuestChange {
        var comparison = GuestComparison(old: old, new: new, hosts: hosts)
        comparison.run()
        return comparison.change
    }
}
