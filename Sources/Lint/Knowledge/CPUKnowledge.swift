public import CPUModel
public import Hosts
import Synchronization

/// What is known about CPU models: libvirt's CPU maps, and how QEMU's models differ from them.
///
/// Each libvirt release has a map of its own. What a host's libvirt accepts and starts is judged by the map of its
/// release (`map(for:)`); what a guest sees comes from QEMU, so the newest map serves for that (`map`).
///
/// The built-in copies are decoded when they are first needed.
public final class CPUKnowledge: Sendable {
    /// The map that the user named; empty if none was. An array, because to destroy an optional map the Swift runtime must know
    /// all types in one, which takes a twentieth of a start.
    private let given: [CPUMap]
    /// Names that the newest map lacks, and hosts have.
    public let namesOfHosts: NamesOfHosts
    /// The differences of QEMU's models are valid for the newest map.
    private let isRecorded: Bool
    /// The maps with the names of hosts added, one for each release. An array, because to destroy a dictionary in a `Mutex` the
    /// Swift runtime looks for its key's conformances, which takes an eighth of a start (2026-12-01, callgrind of filter).
    private let extended = Mutex<[CPUMap]>([])

    /// - Parameter map: used instead of the built-in maps, whatever a host's release is.
    public convenience init(map: CPUMap? = nil) { self.init(given: map.map { [$0] } ?? [], names: NamesOfHosts()) }

    private init(given: [CPUMap], names: NamesOfHosts) {
        self.given = given
        namesOfHosts = names
        isRecorded = given.allSatisfy { Self.hasRecordedModels($0.x86) }
    }

    /// The same maps, with the names that hosts have and the newest map lacks. Names that were added before stay.
    ///
    /// Hosts that are named by a URI are asked for their domain capabilities if their libvirt is newer than every
    /// built-in map.
    ///
    /// - Throws: `HostError` when such a host does not answer.
    public func adding(namesOf hosts: [Host]) throws(HostError) -> CPUKnowledge {
        if hosts.isEmpty { return self }
        var names = namesOfHosts
        // Hosts that are like another one have the same names.
        for index in EqualHosts(hosts).firsts { try hosts[index].addNames(to: &names, unknownTo: newest.x86) }
        return names == namesOfHosts ? self : CPUKnowledge(given: given, names: names)
    }

    /// The names of a host that no built-in map has.
    public func newNames(of host: Host) -> NamesOfHosts {
        var names = NamesOfHosts()
        try? host.addNames(to: &names, unknownTo: newest.x86)
        return names
    }

    /// The evidence for a name that no map has: which maps were searched.
    var searched: String { given.isEmpty ? "the CPU maps of libvirt up to \(newestRelease) do not have it" : "the CPU map in use does not have it" }

    /// The release of the newest map: `12.9.0`.
    public var newestRelease: String { newest.libvirtVersion ?? "of unknown version" }

    private var newest: CPUMap { given.first ?? CPUMap.builtIn }

    /// The map from `init`, or the newest built-in one: for questions about what a guest sees, and where no host is
    /// known.
    public var map: CPUMap { withNames(newest) }

    /// The map by which a libvirt release judges CPUs: the one from `init`, or the built-in one for the release. The
    /// newest if the release is not known.
    public func map(for release: LibvirtVersion?) -> CPUMap {
        guard given.isEmpty, let release else { return map }
        let map = CPUMap.builtIn(for: release)
        // An older libvirt does not know the names that only a newer host has.
        return map.libvirtVersion == newest.libvirtVersion ? withNames(map) : map
    }

    /// The map by which a host's libvirt judges CPUs. Names that the host itself shows are in it, even if its release
    /// should not have them.
    ///
    /// - Parameters:
    ///   - host: the host whose map is wanted.
    ///   - release: the release of the host's libvirt; nil if it is not known.
    public func map(of host: Host, release: LibvirtVersion?) -> CPUMap {
        var map = map(for: release)
        if given.isEmpty, let own = host.cpuMap, own.libvirtVersion == release?.description, let aligned = own.aligned(with: self.map) {
            map = aligned
        }
        guard given.isEmpty, release != nil, map.libvirtVersion != newest.libvirtVersion else { return map }
        var names = NamesOfHosts()
        try? host.addNames(to: &names, unknownTo: map.x86)
        if let model = host.cpu?.model, self.map.x86.model(named: model) != nil { names.add(model: model, unknownTo: map.x86) }
        return names.isEmpty ? map : map.adding(names, besides: self.map)
    }

    /// The oldest built-in release that a host's libvirt can have, by the names that the host shows: a libvirt lists only
    /// models and features of its own map. A name that only the newest release has shows a libvirt newer than the one
    /// before; that one is returned. Nil if no name shows anything.
    func releaseShown(by host: Host) -> LibvirtVersion? {
        guard given.isEmpty else { return nil }
        let x86 = CPUMap.builtIn.x86
        var since: LibvirtVersion?
        func see(_ release: LibvirtVersion?) {
            if let release { since = max(release, since ?? release) }
        }
        func see(feature name: String) -> Bool {
            guard let feature = x86.feature(named: name) else { return false }
            see(feature.since)
            return true
        }
        func see(model name: String) -> Bool {
            guard let model = x86.model(named: name) else { return false }
            see(model.since)
            return true
        }
        let newest = CPUMap.builtInReleases[0]
        if let cpu = host.cpu, cpu.driver == .x86 {
            for feature in cpu.features where !see(feature: feature.name) { return newest }
        }
        for hypervisor in host.domainCapabilities where hypervisor.platform.isX86 {
            for feature in hypervisor.hostModel?.features ?? [] where !see(feature: feature.name) { return newest }
            for model in hypervisor.models {
                if !see(model: model.name) { return newest }
                for blocker in model.blockers where !see(feature: blocker) { return newest }
            }
        }
        return since.flatMap { since in CPUMap.builtInReleases.first { $0 < since } }
    }

    private func withNames(_ map: CPUMap) -> CPUMap {
        if namesOfHosts.isEmpty { return map }
        return extended.withLock { extended in
            if let known = extended.first(where: { $0.libvirtVersion == map.libvirtVersion }) { return known }
            let new = map.adding(namesOfHosts, besides: newest)
            extended.append(new)
            return new
        }
    }

    /// The model that an unknown name most likely means; nil for a known model, and for a name that is near none.
    private func meant(byModel name: String) -> String? {
        let map = map
        guard map.x86.model(named: name) == nil, map.ppc64.model(named: PVRMap.currentName(of: name)) == nil else {
            return nil
        }
        return map.x86.nearestModel(to: name) ?? map.ppc64.nearestModel(to: name)
    }

    /// The message for a model's name that the map does not have and that is near one of its names; nil for every other
    /// name, which may be a model of another architecture.
    public func mistake(inModel name: String) -> String? {
        meant(byModel: name).map { "libvirt does not know the CPU model \(quoted(name))\(didYouMean($0))" }
    }

    var x86: X86Map { map.x86 }

    /// How QEMU's models differ from the map's. Nil with a map whose models differ from those of the newest built-in
    /// map: the differences were recorded against that one and are not valid for others.
    var qemu: QEMUModels? { isRecorded ? QEMUModels.builtIn : nil }

    /// The newest QEMU whose models are recorded, as the version of its machine types; nil with such a map.
    var newestQEMU: MachineVersion? { isRecorded ? Self.newestQEMU : nil }
    private static let newestQEMU = MachineVersion(machine: "pc-" + QEMUModels.builtInVersion)

    private static func hasRecordedModels(_ x86: X86Map) -> Bool {
        let newest = CPUMap.builtIn.x86
        return x86.models.allSatisfy { model in
            guard let other = newest.model(named: model.name) else { return true }
            return x86.featureNames(in: model.features) == newest.featureNames(in: other.features)
                && model.removedFeatures == other.removedFeatures && model.addedFeatures == other.addedFeatures
        }
    }
}

extension Host {
    /// Adds the names that an x86 host vouches for and a map does not have: the features of its CPU, and what its domain
    /// capabilities list. The model of its CPU is not among them: nothing could be said about such a host, unless its
    /// domain capabilities list the model too.
    fileprivate func addNames(to names: inout NamesOfHosts, unknownTo x86: X86Map) throws(HostError) {
        if let cpu, cpu.driver == .x86 { names.add(featuresOf: cpu, unknownTo: x86) }
        if let installed = cpuMap?.x86 {
            for feature in installed.features { names.add(feature: feature.name, unknownTo: x86) }
            for model in installed.models { names.add(model: model.name, unknownTo: x86) }
        }
        var hypervisors = domainCapabilities
        if hypervisors.isEmpty, let release = connection.flatMap({ _ in libvirtRelease }), release > CPUMap.builtInReleases[0] {
            hypervisors = try nativeCapabilities()
        }
        for hypervisor in hypervisors where hypervisor.platform.isX86 {
            if let cpu = hypervisor.hostModel {
                if let model = cpu.model { names.add(model: model, unknownTo: x86) }
                names.add(featuresOf: cpu, unknownTo: x86)
            }
            for model in hypervisor.models {
                names.add(model: model.name, unknownTo: x86)
                for blocker in model.blockers { names.add(feature: blocker, unknownTo: x86) }
            }
        }
    }
}
