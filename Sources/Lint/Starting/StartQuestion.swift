public import CPUModel
public import DomainXML
public import Hosts

/// Everything that decides whether libvirt starts a guest: its CPU, what libvirt checks, and the platform.
public struct StartQuestion: Sendable, Hashable {
    /// The CPU. A CPU of mode `custom` without a model requests nothing.
    public var cpu: CPUDefinition
    /// The value of `<cpu check=…>`; nil if libvirt's default applies.
    public var check: CPU.Check?
    /// The platform. The machine or the emulator is nil if the guest does not name one.
    public var platform: DomainPlatform
    /// `<cpu deprecated_features=…>` is there, whatever its value.
    public var togglesDeprecatedFeatures = false
    /// A socket of the guest has more than one thread. This is determined only under `check='full'`, where QEMU's features
    /// for it count.
    var hasSeveralThreadsPerSocket = false
    /// The width of physical addresses in bits that `<maxphysaddr>` gives the guest on every host that has as many, by
    /// `mode='emulate'` or a `limit`. Nil if the guest has the host's own width.
    var addressWidth: Int?

    /// Asks about a CPU that is not part of a definition, such as a model alone.
    public init(cpu: CPUDefinition, check: CPU.Check? = nil, platform: DomainPlatform) {
        self.cpu = cpu
        self.check = check
        self.platform = platform
    }

    /// Asks about a guest. Nil for a `<cpu>` with words that libvirt does not know. A guest without `<cpu>` requests
    /// nothing.
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
        togglesDeprecatedFeatures = guest.cpu?.deprecatedFeatures != nil
        if let width = guest.cpu?.maxPhysAddr {
            addressWidth = (width.mode?.value == .emulate ? width.bits : width.limit).flatMap { wholeNumber(domain[$0]) }.map { Int($0) }
        }
        if check == .full { hasSeveralThreadsPerSocket = Topology(guest).hasSeveralThreadsPerSocket }
    }

    /// The same question for all machines of an x86 platform, if the answer does not depend on the machine there.
    /// `check='full'` depends on QEMU's model, and that on the machine.
    var withoutMachineOnX86: StartQuestion {
        if check == .full || togglesDeprecatedFeatures { return self }
        var question = self
        question.platform = platform.withoutMachineOnX86
        return question
    }

    /// The same question in the form that all questions with the same answer share: features by name, no word that says what
    /// holds without it, and no machine where none matters.
    var canonical: StartQuestion {
        var question = withoutMachineOnX86
        question.cpu.features = cpu.features.enumerated().sorted {
            ($0.element.name, $0.offset) < ($1.element.name, $1.offset)
        }.map(\.element)
        // libvirt reads `match` under custom alone, and drops the fallback of no model (cpu_conf.c, `virCPUDefFormatBuf`).
        if cpu.mode != .custom { question.cpu.match = .exact }
        if cpu.model == nil { question.cpu.fallback = .allow }
        if check != .full {
            var byDefault = self
            byDefault.check = nil
            question.check = isUnchecked == byDefault.isUnchecked ? nil : isUnchecked ? CPU.Check.none : .partial
        }
        return question
    }

    /// libvirt replaces the model by the host's before it starts the guest (cpu_x86.c, `virCPUx86Update`).
    var usesHostModel: Bool { cpu.mode == .hostModel || cpu.mode == .custom && cpu.match == .minimum && cpu.model != nil }

    /// libvirt compares nothing, because `check` is `none`, or because that is the default for such a CPU
    /// (qemu_postparse.c, `qemuDomainDefCPUPostParse`). QEMU then leaves out the features that it cannot provide.
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
    /// The same platform without its machine, if it is an x86 platform. On x86, the CPU features that a hypervisor
    /// provides do not depend on the machine.
    var withoutMachineOnX86: DomainPlatform {
        guard isX86 else { return self }
        var platform = self
        platform.machine = nil
        return platform
    }
}
