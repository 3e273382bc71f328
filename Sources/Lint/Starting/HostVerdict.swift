public import CPUModel

/// Whether a host would start a guest, as far as the CPU decides that.
public struct HostVerdict: Sendable, Equatable {
    /// What libvirt would do if it were to start the guest.
    public enum Answer: String, Sendable {
        /// The CPU does not prevent the guest from starting.
        case starts
        /// libvirt or the hypervisor refuses the CPU.
        case refuses
        /// Not enough is known about the host, or the CPU map does not cover such guests.
        case unknown
    }

    /// Why the host refuses the guest, or why the answer is unknown.
    public enum Reason: Sendable, Equatable {
        /// The guest's CPU does not fit the host's.
        case incompatible(Incompatibility)
        /// The hypervisor cannot provide these features of the guest's model, and the guest does not disable them. The
        /// features are in the order of the CPU map.
        case blockers([String], ofModel: String)
        /// The hypervisor does not list the guest's model, and `fallback='forbid'` rules another one out.
        case notListed(String)
        /// The domain capabilities of the hypervisor state `supported='no'` for the mode.
        case modeNotSupported(CPUDefinition.Mode)
        /// Only a libvirt older than this one refuses the guest, and the version of the host's libvirt is not known.
        case comparedBefore(LibvirtVersion)
        /// The release of the host's libvirt does not know a name that the guest uses, although newer ones do.
        case unknownToLibvirt(UnknownName, LibvirtVersion)
        /// `check='full'` demands exactly the features of the definition. QEMU would add the extra ones, and the guest would
        /// lack the missing ones. Both are in the order of the CPU map.
        case notAsDefined(extra: [String], missing: [String])
        /// QEMU has no such features, so that it would not start.
        case unknownToQEMU([String])
        /// The hypervisor is too old for `deprecated_features`.
        case deprecatedFeaturesUnsupported
        /// The host did not answer. The message is also among the failures of the start check.
        case failed(String)
        /// Another reason, in words.
        case notJudged(String)
    }

    /// The name of the host.
    public var host: String
    /// The answer. `isCertain` says whether it can be wrong.
    public var answer: Answer
    /// The answer follows from domain capabilities for the guest's own platform. Otherwise it can be wrong, because
    /// QEMU can provide features that the host's CPU lacks.
    public var isCertain: Bool
    /// Why the answer is not `starts`. If it is, empty; in a finding, what the guest loses although it starts.
    public var reasons: [Reason]

    /// Creates a verdict from its parts, which are not checked.
    public init(host: String, answer: Answer, isCertain: Bool, reasons: [Reason] = []) {
        self.host = host
        self.answer = answer
        self.isCertain = isCertain
        self.reasons = reasons
    }

    init(_ judgement: Judgement, host: String) {
        self.init(host: host, answer: judgement.answer, isCertain: judgement.isCertain, reasons: judgement.reasons)
    }

    /// The host refuses the guest because its architecture differs from the guest's.
    package var isForArchitecture: Bool { Judgement(self).isForArchitecture }

    /// The features that prevent the guest from starting, because the host lacks them or the guest forbids them. Each
    /// occurs once.
    public var features: [String] { Judgement(self).features }
}

extension HostVerdict.Reason: CustomStringConvertible {
    /// One line, without the name of the host.
    public var description: String { words(isOne: true) }

    /// One line, without the names of the hosts.
    ///
    /// - Parameter isOne: it is about one host. False if several have the same reason.
    package func words(isOne: Bool) -> String {
        let hypervisor = isOne ? "the hypervisor" : "the hypervisors", its = isOne ? "its" : "their"
        return switch self {
        case .incompatible(let incompatibility): incompatibility.words(isOne: isOne)
        case .blockers(let features, let model):
            "\(hypervisor) \(isOne ? "reports" : "report") \(model) as unusable: missing \(features.joined(separator: ", "))"
        case .notListed(let model): "\(hypervisor) \(isOne ? "does" : "do") not list the model \(model), and fallback='forbid' allows no other"
        case .modeNotSupported(let mode): "\(hypervisor) \(isOne ? "does" : "do") not support mode \(mode.rawValue)"
        case .comparedBefore(let version):
            "libvirt before \(version.major).\(version.minor) checks the CPU against its CPU map, although \(hypervisor) \(isOne ? "reports" : "report") the model as usable"
        case .notAsDefined(let extra, let missing):
            "check='full' demands exactly the features of the definition, but QEMU "
                + [
                    extra.isEmpty ? nil : "adds \(extra.joined(separator: ", "))",
                    missing.isEmpty ? nil : "does not provide \(missing.joined(separator: ", "))",
                ].compactMap { $0 }.joined(separator: " and ")
        case .unknownToQEMU(let features): "QEMU does not know the CPU features \(features.joined(separator: ", "))"
        case .deprecatedFeaturesUnsupported: "\(its) QEMU does not support deprecated_features, which needs QEMU 10.1 on x86"
        case .unknownToLibvirt(let name, let release): "\(its) libvirt \(release) does not know the CPU \(name)"
        case .failed(let why), .notJudged(let why): why
        }
    }
}
