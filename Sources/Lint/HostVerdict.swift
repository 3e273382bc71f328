public import CPUModel
public import DomainXML
public import Hosts

/// Whether a host would start a guest, as far as its CPU goes.
public struct HostVerdict: Sendable, Equatable {
    public enum Answer: Sendable, Equatable {
        case starts
        case refuses
        /// Not enough is known, or it is not for the CPU map to say.
        case unknown
    }

    /// Why not; or, for an unknown answer, why nobody can tell.
    public enum Reason: Sendable, Equatable {
        case incompatible(Incompatibility)
        /// The hypervisor cannot give these features of its model, and the guest does not disable them. In map order.
        case blockers([String], ofModel: String)
        case modeNotSupported(CPUDefinition.Mode)
        /// In words.
        case notJudged(String)
    }

    /// The host's name.
    public var host: String
    public var answer: Answer
    /// From the domain capabilities of the guest's own platform. Otherwise only QEMU knows: what a host's CPU lacks
    /// may still be given.
    public var isCertain: Bool
    public var reasons: [Reason]

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
    public var description: String {
        switch self {
        case .incompatible(let incompatibility): incompatibility.description
        case .blockers(let features, let model):
            "the hypervisor cannot give \(features.joined(separator: ", ")) of \(model)"
        case .modeNotSupported(let mode): "the hypervisor does not support mode \(mode.rawValue)"
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
    public var cpu: CPUDefinition
    /// As written; nil for libvirt's default.
    public var check: CPU.Check?
    public var platform: DomainPlatform

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
