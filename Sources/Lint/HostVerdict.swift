public import CPUModel
public import DomainXML
public import Hosts

/// Whether a host would start a guest, as far as its CPU goes.
public struct HostVerdict: Sendable, Equatable {
    /// What libvirt would do when the guest is started.
    public enum Answer: Sendable, Equatable {
        /// The CPU does not keep the guest from starting.
        case starts
        /// libvirt or the hypervisor refuses the CPU.
        case refuses
        /// Not enough is known, or it is not for the CPU map to say.
        case unknown
    }

    /// Why not; or, for an unknown answer, why nobody can tell.
    public enum Reason: Sendable, Equatable {
        /// The guest's CPU does not fit the host's: in what.
        case incompatible(Incompatibility)
        /// The hypervisor cannot give these features of its model, and the guest does not disable them. In map order.
        case blockers([String], ofModel: String)
        /// The hypervisor's domain capabilities say `supported='no'` of it.
        case modeNotSupported(CPUDefinition.Mode)
        /// Only a libvirt older than this refuses, and how old the host's is nobody says.
        case comparedBefore(LibvirtVersion)
        /// In words.
        case notJudged(String)
    }

    /// The host's name.
    public var host: String
    /// How far it can be trusted says `isCertain`.
    public var answer: Answer
    /// From the domain capabilities of the guest's own platform. Otherwise only QEMU knows: what a host's CPU lacks
    /// may still be given.
    public var isCertain: Bool
    /// Empty where the guest starts.
    public var reasons: [Reason]

    /// Nothing is checked: reasons and answer are as the caller has them.
    public init(host: String, answer: Answer, isCertain: Bool, reasons: [Reason] = []) {
        self.host = host
        self.answer = answer
        self.isCertain = isCertain
        self.reasons = reasons
    }

    /// The host refuses because it is of another architecture.
    var isForArchitecture: Bool {
        guard answer == .refuses, case .incompatible(.architecture)? = reasons.first else { return false }
        return true
    }

    /// The features that keep the guest from starting: missing, blocking or forbidden. Each once.
    public var features: [String] {
        var names: [String] = []
        for reason in reasons {
            switch reason {
            case .incompatible(.missingFeatures(let features)), .incompatible(.forbiddenFeatures(let features)),
                .blockers(let features, _):
                names += features.filter { !names.contains($0) }
            default: continue
            }
        }
        return names
    }
}

extension HostVerdict.Reason: CustomStringConvertible {
    /// In one line, without the host's name.
    public var description: String {
        switch self {
        case .incompatible(let incompatibility): incompatibility.description
        case .blockers(let features, let model):
            "the hypervisor cannot give \(features.joined(separator: ", ")) of \(model)"
        case .modeNotSupported(let mode): "the hypervisor does not support mode \(mode.rawValue)"
        case .comparedBefore(let version):
            "a libvirt before \(version.major).\(version.minor) compares it, though the hypervisor calls the model usable"
        case .notJudged(let why): why
        }
    }
}

/// The smallest change with which a host would start a guest that it refuses as it is.
public struct HostRemedy: Sendable, Equatable {
    /// Features to give the policy `disable`; empty where that does not help.
    public var disable: [String]
    /// Another model that runs with the guest's own features: a sibling (`Haswell-noTSX` for `Haswell`), else the
    /// nearest one that loses nothing but what the host lacks.
    public var model: String?
    /// `<vendor>` must go.
    public var removesVendor: Bool

    /// Nothing is checked; without arguments it is no change.
    public init(disable: [String] = [], model: String? = nil, removesVendor: Bool = false) {
        self.disable = disable
        self.model = model
        self.removesVendor = removesVendor
    }
}

extension HostRemedy: CustomStringConvertible {
    /// `use Haswell-noTSX, or disable hle, rtm`.
    public var description: String {
        let ways = [
            model.map { "use \($0)" }, disable.isEmpty ? nil : "disable \(disable.joined(separator: ", "))",
            removesVendor ? "remove <vendor>" : nil,
        ].compactMap { $0 }
        return ways.joined(separator: removesVendor ? " and " : ", or ")
    }
}

/// What decides whether a guest starts: its CPU, how libvirt is to check it, and what it runs on.
public struct StartQuestion: Sendable, Hashable {
    /// A guest's. Without a model, under `custom`, it asks for nothing.
    public var cpu: CPUDefinition
    /// As written; nil for libvirt's default.
    public var check: CPU.Check?
    /// Machine and emulator are nil where the guest leaves them open.
    public var platform: DomainPlatform

    /// For a CPU that stands in no definition, such as a model by itself.
    public init(cpu: CPUDefinition, check: CPU.Check? = nil, platform: DomainPlatform) {
        self.cpu = cpu
        self.check = check
        self.platform = platform
    }

    /// Nil for a `<cpu>` with words that libvirt does not know. A guest without `<cpu>` asks for nothing.
    public init?(_ guest: Guest) {
        let domain = guest.domain
        var definition = CPUDefinition(kind: .guest)
        if let cpu = guest.cpu {
            guard let read = CPUDefinition(cpu, in: domain) else { return nil }
            definition = read
        }
        if let word = guest.cpu?.check {
            guard let value = word.value else { return nil }
            check = value
        }
        cpu = definition
        platform = DomainPlatform(guest)
    }

    /// What answers are kept by.
    var withoutMachineOnX86: StartQuestion {
        var question = self
        question.platform = platform.withoutMachineOnX86
        return question
    }

    /// libvirt compares nothing: `check='none'`, and where that is its default (qemu_postparse.c,
    /// `qemuDomainDefCPUPostParse`). Under emulation QEMU leaves out what it cannot give.
    var isUnchecked: Bool {
        if let check { return check == .none }
        switch cpu.mode {
        case .hostPassthrough, .maximum: return true
        case .hostModel: return false
        case .custom: return platform.virtType == "qemu"
        }
    }
}

extension DomainPlatform {
    /// On x86, what a hypervisor gives to guests does not depend on the machine.
    var withoutMachineOnX86: DomainPlatform {
        guard isX86 else { return self }
        var platform = self
        platform.machine = nil
        return platform
    }
}
