import CPUModel
public import Hosts

/// The names that a target may use: those of the CPU maps, and those that the hosts vouch for.
///
/// A misspelt name would otherwise be written into each guest, and none of them would start.
public struct TargetNames: Sendable {
    private let knowledge: CPUKnowledge
    private let hosts: [Host]

    /// - Parameters:
    ///   - knowledge: the CPU maps, with the names that the hosts have (`CPUKnowledge.adding(namesOf:)`).
    ///   - hosts: the hosts that the target is for; empty if none is named.
    public init(_ knowledge: CPUKnowledge, hosts: [Host]) {
        self.knowledge = knowledge
        self.hosts = hosts
    }

    /// What a name in a target names.
    enum Kind: String { case model, feature, vendor }

    /// What is known about a name.
    enum Answer {
        case known
        /// No host that the target is for knows the name.
        case wrong(TargetError)
        /// The maps lack the name, and it cannot be known whether the hosts have it.
        case uncertain(String)
    }

    /// - Parameter model: the target's model, on which the architecture depends, and so the names of features.
    func answer(_ kind: Kind, _ name: String, besides model: String) -> Answer {
        if isKnown(kind, name) { return .known }
        // Features and vendors are x86 names only beside a model of x86.
        if kind != .model, knowledge.x86.model(named: model) == nil { return .known }
        let subject = "CPU \(kind.rawValue) \(quoted(name))"
        let word = foreignWord(kind, name)
        if let nearest = nearest(kind, name), word == nil {
            return .wrong(TargetError(message: "libvirt does not know the \(subject)\(didYouMean(nearest))"))
        }
        if isCertain(kind) || kind == .feature && word != nil {
            return .wrong(TargetError(
                message: "libvirt does not know the \(subject): \(knowledge.searched)\(hosts.isEmpty ? "" : ", and no named host has it")",
                help: word ?? "if a host's libvirt is newer, also name the output of its virsh domcapabilities"))
        }
        let why = hosts.isEmpty ? "no host is named" : "the named hosts do not show all names that they know"
        return .uncertain("whether a host has the \(subject) cannot be known: \(knowledge.searched), and \(why)")
    }

    /// The first mistake in the names of a target; nil if there is none.
    public func mistake(in target: Target) -> String? {
        guard case .model(let target) = target else { return nil }
        let names = [(Kind.model, target.model)] + (target.vendor.map { [(.vendor, $0)] } ?? [])
            + target.features.map { (.feature, $0.name) }
        for (kind, name) in names {
            if case .wrong(let error) = answer(kind, name, besides: target.model) { return error.message }
        }
        return nil
    }

    private func isKnown(_ kind: Kind, _ name: String) -> Bool {
        let map = knowledge.map
        switch kind {
        case .model:
            return map.x86.model(named: name) != nil || map.ppc64.model(named: PVRMap.currentName(of: name)) != nil
                || hosts.contains { $0.domainCapabilities.contains { $0.model(named: name) != nil } }
        case .feature: return map.x86.feature(named: name) != nil
        case .vendor: return map.x86.vendor(named: name) != nil || hosts.contains { $0.cpu?.vendor == name }
        }
    }

    private func nearest(_ kind: Kind, _ name: String) -> String? {
        let map = knowledge.map
        return switch kind {
        case .model: map.x86.nearestModel(to: name) ?? map.ppc64.nearestModel(to: name)
        case .feature: map.x86.nearestFeature(to: name)
        case .vendor: map.x86.nearestVendor(to: name)
        }
    }

    private func foreignWord(_ kind: Kind, _ name: String) -> String? {
        switch kind {
        case .model: ForeignWord.model(name, isEmulated: false)
        case .feature: ForeignWord.feature(name) { knowledge.x86.feature(named: $0) != nil }
        case .vendor: nil
        }
    }

    /// The hosts' libvirt certainly lacks a name that the maps and the hosts lack. The maps have no models of
    /// architectures other than x86 and ppc64, and not the names of a newer libvirt.
    private func isCertain(_ kind: Kind) -> Bool {
        !hosts.isEmpty && hosts.allSatisfy { host in
            let isX86 = host.architecture.map { Architecture(name: $0).family == .x86 } ?? false
            guard kind != .model || isX86 else { return false }
            if host.cpuMap != nil { return true }
            let isNewer = host.libvirtRelease.map { $0 > CPUMap.builtInReleases[0] } ?? !knowledge.newNames(of: host).isEmpty
            return !isNewer
        }
    }
}
