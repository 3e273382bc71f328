import CPUModel

/// The kind of a `HostVerdict.Reason`, for programs. The words stay as they are; new ones may appear.
public enum ReasonCode: String, Sendable, CaseIterable {
    /// The host is of another architecture.
    case architecture
    /// The definition names another vendor than the host's.
    case vendor
    /// The host has features that the guest forbids.
    case forbiddenFeatures = "forbidden-features"
    /// The host lacks features that the guest requires.
    case missingFeatures = "missing-features"
    /// The host has more features than `match='strict'` allows.
    case extraFeatures = "extra-features"
    /// ppc64: the host is another model.
    case model
    /// ppc64: the host is older than the compatibility mode.
    case compatibilityMode = "compatibility-mode"
    /// The host's CPU is not known.
    case unknownHost = "unknown-host"
    /// The hypervisor lacks features of the model.
    case modelBlockers = "model-blockers"
    /// The hypervisor does not list the model.
    case modelNotListed = "model-not-listed"
    /// The hypervisor does not support the mode.
    case modeNotSupported = "mode-not-supported"
    /// An older libvirt would refuse the guest, and the release of the host's is not known.
    case olderLibvirt = "older-libvirt"
    /// The host's libvirt does not know the model.
    case unknownModel = "unknown-model"
    /// The host's libvirt does not know a feature.
    case unknownFeature = "unknown-feature"
    /// The features are not exactly those of the definition, which `check='full'` demands.
    case notAsDefined = "not-as-defined"
    /// QEMU does not know features.
    case unknownToQEMU = "unknown-to-qemu"
    /// The hypervisor is too old for `deprecated_features`.
    case deprecatedFeatures = "deprecated-features"
    /// The host did not answer.
    case hostFailed = "host-failed"
    /// Not enough is known.
    case notJudged = "not-judged"
    /// The hosts have the same features, but other processors: a guest that follows its host cannot move.
    case otherProcessor = "other-processor"
    /// The hosts have the same features, but physical addresses of other widths: a guest that follows its host cannot move.
    case otherAddressWidth = "other-address-width"
}

extension HostVerdict.Reason {
    /// The kind of the reason.
    public var code: ReasonCode {
        switch self {
        case .incompatible(let incompatibility): incompatibility.code
        case .blockers: .modelBlockers
        case .notListed: .modelNotListed
        case .modeNotSupported: .modeNotSupported
        case .comparedBefore: .olderLibvirt
        case .unknownToLibvirt(let name, _): name.kind == .model ? .unknownModel : .unknownFeature
        case .notAsDefined: .notAsDefined
        case .unknownToQEMU: .unknownToQEMU
        case .deprecatedFeaturesUnsupported: .deprecatedFeatures
        case .failed: .hostFailed
        case .notJudged: .notJudged
        }
    }

    /// The features that the host or its hypervisor cannot give to the guest.
    public var missing: [String] {
        switch self {
        case .incompatible(.missingFeatures(let names)), .blockers(let names, _), .notAsDefined(_, let names), .unknownToQEMU(let names):
            names
        default: []
        }
    }

    /// The features of the host or its hypervisor that the guest must not have.
    public var extra: [String] {
        switch self {
        case .incompatible(.forbiddenFeatures(let names)), .incompatible(.extraFeatures(let names)), .notAsDefined(let names, _): names
        default: []
        }
    }

    /// The word of the definition that the host refuses: an architecture, a vendor, a model, a mode or a feature.
    public var name: String? {
        switch self {
        case .incompatible(.architecture(let name)), .incompatible(.vendor(let name, _)), .incompatible(.model(let name, _)),
            .incompatible(.compatibilityMode(let name, _)), .blockers(_, let name), .notListed(let name):
            name
        case .modeNotSupported(let mode): mode.rawValue
        case .unknownToLibvirt(let name, _): name.name
        default: nil
        }
    }
}

extension HostVerdict {
    /// The features that the host or its hypervisor cannot give to the guest. Each occurs once.
    public var missing: [String] {
        reasons.flatMap(\.missing).reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
    }
}

extension Incompatibility {
    /// The kind of the incompatibility.
    fileprivate var code: ReasonCode {
        switch self {
        case .architecture: .architecture
        case .vendor: .vendor
        case .forbiddenFeatures: .forbiddenFeatures
        case .missingFeatures: .missingFeatures
        case .extraFeatures: .extraFeatures
        case .model: .model
        case .compatibilityMode: .compatibilityMode
        case .unknownHost: .unknownHost
        }
    }
}
