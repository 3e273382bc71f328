/// What libvirt says of a CPU on a host.
public enum Comparison: Sendable, Equatable {
    /// The host is exactly what was asked for.
    case identical
    /// The host has all of it, and `extra` besides.
    case superset(extra: FeatureSet)
    case incompatible(Incompatibility)
    /// libvirt's CPU map has nothing to compare CPUs of this architecture by.
    case notJudged(architecture: String)
}

/// Why a CPU cannot run on a host. Features are named in map order.
public enum Incompatibility: Sendable, Equatable, CustomStringConvertible {
    /// What was asked for is a CPU of another architecture.
    case architecture(String)
    /// The CPU names a vendor that is not the host's. A model's own vendor is never compared, and an unknown name is
    /// simply a different one.
    case vendor(required: String, host: String?)
    /// The host has features that the guest forbids.
    case forbiddenFeatures([String])
    /// The host lacks features that the guest requires.
    case missingFeatures([String])
    /// `match='strict'`, and the host has more than the guest asks for.
    case extraFeatures([String])
    /// ppc64: the host is another model.
    case model(required: String, host: String)
    /// ppc64: the host is older than the compatibility mode.
    case compatibilityMode(String, host: String)
    /// Nothing is known of the host's CPU.
    case unknownHost

    public var description: String {
        switch self {
        case .architecture(let name): "the host is not of architecture \(name)"
        case .vendor(let required, let host): "the host's CPU is of vendor \(host ?? "unknown"), not \(required)"
        case .forbiddenFeatures(let names): "the host has forbidden features: \(names.joined(separator: ", "))"
        case .missingFeatures(let names): "the host lacks required features: \(names.joined(separator: ", "))"
        case .extraFeatures(let names): "match='strict', and the host has more: \(names.joined(separator: ", "))"
        case .model(let required, let host): "the host's CPU is \(host), not \(required)"
        case .compatibilityMode(let mode, let host): "a \(host) host cannot run in compatibility mode \(mode)"
        case .unknownHost: "nothing is known of the host's CPU"
        }
    }
}

extension CPUMap {
    /// Compares a guest's CPU, or another host's, with a host's, as `virsh cpu-compare` does.
    ///
    /// - Throws: `CPUModelError` where libvirt fails too: an unknown model or feature.
    public func compare(_ cpu: CPUDefinition, on host: CPUDefinition) throws(CPUModelError) -> Comparison {
        switch CPUFamily(architecture: host.architecture ?? "x86_64") {
        case .x86: try x86.compare(cpu, on: host)
        case .ppc64: try ppc64.compare(cpu, on: host)
        case .notJudged(let architecture): .notJudged(architecture: architecture)
        }
    }
}

/// What a host has, resolved once for many comparisons.
public struct X86Host: Sendable, Equatable {
    /// The map's name of the vendor.
    public var vendor: String?
    public var features: FeatureSet

    public init(vendor: String?, features: FeatureSet) {
        self.vendor = vendor
        self.features = features
    }
}

extension X86Map {
    /// A host from its `<cpu>`.
    ///
    /// - Throws: `CPUModelError` for an unknown model or feature.
    public func host(_ cpu: CPUDefinition) throws(CPUModelError) -> X86Host {
        X86Host(vendor: cpu.vendor, features: try expand(cpu))
    }

    public func compare(_ cpu: CPUDefinition, on host: CPUDefinition) throws(CPUModelError) -> Comparison {
        if host.model == nil { return .incompatible(.unknownHost) }
        if let reason = mismatch(of: cpu, hostVendor: host.vendor) { return .incompatible(reason) }
        return try compare(cpu, on: try self.host(host))
    }

    public func compare(_ cpu: CPUDefinition, on host: X86Host) throws(CPUModelError) -> Comparison {
        if let reason = mismatch(of: cpu, hostVendor: host.vendor) { return .incompatible(reason) }
        let wanted = try FeaturesByPolicy(cpu, map: self)

        let forbidden = wanted.forbid & host.features
        if !forbidden.isEmpty { return .incompatible(.forbiddenFeatures(featureNames(in: forbidden))) }

        // What the model brings counts as required unless the guest says otherwise of it.
        let required = wanted.require - wanted.force - wanted.optional - wanted.disable
        let missing = required - host.features
        if !missing.isEmpty { return .incompatible(.missingFeatures(featureNames(in: missing))) }

        let extra = host.features - wanted.optional - required - wanted.disable - wanted.force
        if extra.isEmpty { return .identical }
        if cpu.kind == .guest && cpu.match == .strict {
            return .incompatible(.extraFeatures(featureNames(in: extra)))
        }
        return .superset(extra: extra)
    }

    /// Architecture and vendor, which libvirt looks at before anything else, so that even an unknown model is no
    /// error there.
    private func mismatch(of cpu: CPUDefinition, hostVendor: String?) -> Incompatibility? {
        if let architecture = cpu.architecture, CPUFamily(architecture: architecture) != .x86 {
            return .architecture(architecture)
        }
        if let vendor = cpu.vendor, vendor != hostVendor { return .vendor(required: vendor, host: hostVendor) }
        return nil
    }
}

/// A CPU's features, the model's among the required.
private struct FeaturesByPolicy {
    var force = FeatureSet(), require: FeatureSet, optional = FeatureSet()
    var disable = FeatureSet(), forbid = FeatureSet()

    init(_ cpu: CPUDefinition, map: X86Map) throws(CPUModelError) {
        require = try map.modelFeatures(of: cpu)
        for feature in cpu.features {
            let bits = try map.knownBits(feature.name)
            switch cpu.kind == .host ? .require : feature.policy {
            case .force: force |= bits
            case .require: require |= bits
            case .optional: optional |= bits
            case .disable: disable |= bits
            case .forbid: forbid |= bits
            }
        }
    }
}
