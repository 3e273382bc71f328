import CPUModel
import DomainXML
import Hosts

/// Determines what targets mean for guests.
final class Planner: Sendable {
    let hosts: HostTargets
    /// The architecture of all hosts; nil if they differ.
    let architecture: String?
    /// Nothing is installed in any guest yet.
    let isNewGuest: Bool
    private let sharedCPUs = Remembered<DomainPlatform, SharedCPU?>()

    init(hosts: HostTargets, isNewGuest: Bool) {
        self.hosts = hosts
        self.isNewGuest = isNewGuest
        architecture = hosts.architecture
    }

    /// What a target means for a guest.
    ///
    /// - Parameters:
    ///   - windows: what happens to a Windows guest whose CPU differs from the target.
    ///   - earlier: the guest's earlier version. In a guest that did not exist before, nothing is installed.
    func plan(_ guest: Guest, target: Target, windows: WindowsPolicy, earlier: EarlierGuest) -> Plan {
        guard guest.isManaged, guest.commandlineCPU == nil, !guest.hasBoardWithOneCPU else { return .asItIs }
        var target = target
        var isNewGuest = isNewGuest
        if case .new = earlier { isNewGuest = true }
        if guest.windows != nil, windows.pins, !isNewGuest { target = .pin }
        do {
            guard let change = try change(for: guest, to: target) else { return .asItIs }
            if isAlready(change, guest, isFallbackAsked: !target.needsHost) { return .asItIs }
            if guest.domain.isRunning { return .running }
            let result = CPURewriter.rewrite(guest.domain, in: guest.document, to: change)
            guard !result.edits.isEmpty else { return .asItIs }
            let rewriting = Rewriting(target: target, result: result, change: change, guest: guest, doubt: doubt(about: target, guest))
            if let evidence = guest.windows, windows.keepsWhatIsSeen, !isNewGuest, isVisible(result, guest, earlier) {
                return .withheld(rewriting, evidence: evidence)
            }
            return .rewrite(rewriting)
        } catch {
            return .refused(target: target, reason: "\(error)")
        }
    }

    /// The nearest CPU that runs on all hosts, as `HostTargets.sharedCPU` finds it, for all guests of a platform once.
    func sharedCPU(for platform: DomainPlatform) -> SharedCPU? {
        let key = platform.withoutMachineOnX86
        return sharedCPUs.answer(to: key) { hosts.ofX86.sharedCPU(for: key) }
    }

    // MARK: Targets

    /// The change that a target requests; nil if the guest keeps its CPU.
    private func change(for guest: Guest, to target: Target) throws -> CPUChange? {
        switch target {
        case .keep: return nil
        case .hypervisorDefault: return .hypervisorDefault
        case .maximum:
            guard guest.hypervisor == .hardware || guest.hasEmulatedMaximum else {
                throw Refusal(reason: "QEMU does not support maximum for emulated \(guest.architecture) guests")
            }
            return .maximum
        case .hostPassthrough:
            guard guest.hypervisor == .hardware else {
                throw Refusal(reason: "host-passthrough requires hardware virtualisation: an emulated guest cannot start with it")
            }
            return .hostPassthrough
        case .hostModel:
            guard guest.architecture.facts.hasHostModel else {
                throw Refusal(reason: "libvirt does not support host-model for \(guest.architecture) guests")
            }
            return .hostModel
        case .model(let model):
            try hosts.check(model: model.model, fits: guest.architecture)
            return CPUChange(
                mode: .custom, model: model.model, fallback: model.fallback, vendor: model.vendor,
                features: model.features.map { CPUChange.Feature(name: $0.name, policy: $0.policy) })
        case .pin where !guest.followsHost: return nil
        case .hostModelOnly, .plainModel, .baseline, .pin, .level:
            if let substitute = substitute(for: guest) { return substitute.change }
            return try hosts.change(for: target, guest)
        }
    }

    /// What replaces a target for a guest to which it does not apply. A nil `change` keeps the guest's CPU.
    private struct Substitute { var change: CPUChange? }

    /// The substitute for `host-model-only`, `baseline`, `pin` and the levels, which apply only to hardware virtualisation on x86.
    /// Nil for a guest to which they apply.
    private func substitute(for guest: Guest) -> Substitute? {
        if guest.hypervisor == .emulated {
            return Substitute(change: guest.hasEmulatedMaximum ? .maximum : nil)
        }
        if guest.isX86 { return nil }
        return Substitute(change: guest.architecture.facts.kvmSubstitute.map { CPUChange(mode: $0) })
    }

    /// Whether the target is `pin`, and the host's hypervisor has not said what it gives to the guest.
    private func doubt(about target: Target, _ guest: Guest) -> String? {
        target == .pin && substitute(for: guest) == nil ? hosts.doubtAboutPin(of: guest) : nil
    }

    // MARK: Comparing

    /// Whether the guest already has the CPU that the change requests.
    ///
    /// - Parameter isFallbackAsked: whether `fallback` is compared too, because the user stated it. A `fallback` that
    ///   the user did not state is no reason to rewrite a CPU.
    private func isAlready(_ change: CPUChange, _ guest: Guest, isFallbackAsked: Bool) -> Bool {
        let domain = guest.domain
        guard let cpu = domain.cpu else { return change.mode == nil }
        switch change.mode {
        case nil: return isHypervisorDefault(cpu, guest)
        case .custom:
            guard cpu.effectiveMode == .custom, domain.is(cpu.namedModel, change.model ?? "") else { return false }
            if let match = cpu.match, match.value != .exact { return false }
            // Under check='full' libvirt does not start the model unless QEMU's model has just the same features.
            if cpu.check?.value == .full { return false }
            if isFallbackAsked, let fallback = change.fallback, cpu.model?.fallback?.value != fallback { return false }
            if let vendor = change.vendor, !domain.is(cpu.vendor?.text, vendor) { return false }
            return listed(cpu, domain) == Set(change.features.map { "\($0.policy.rawValue) \($0.name)" })
        case .some(let mode): return cpu.effectiveMode == mode
        }
    }

    private func listed(_ cpu: CPU, _ domain: Domain) -> Set<String> {
        Set(cpu.features.map { "\($0.effectivePolicy?.rawValue ?? "?") \(domain[$0.name] ?? "")" })
    }

    /// Whether a Windows guest would notice the rewrite. A rewrite to the CPU that the guest had before does not count.
    private func isVisible(_ result: CPURewrite, _ guest: Guest, _ earlier: EarlierGuest) -> Bool {
        let definitions = earlier.definitions
        if definitions.isEmpty, isOtherSource(result.cpu, guest.cpu) { return true }
        let after = guest.domain.with(cpu: result.cpu) { GuestRecord(guest) }
        if GuestChange.between(GuestRecord(guest), after, on: hosts.startCheck).isNoneAsFarAsKnown { return false }
        return definitions.isEmpty
            || definitions.contains { !GuestChange.between($0.record, after, on: hosts.startCheck).isNoneAsFarAsKnown }
    }

    /// Whether one of the CPUs is the host's own and the other is not. Most rewrites that a guest notices are of this
    /// kind, and need no further comparison.
    private func isOtherSource(_ a: CPU?, _ b: CPU?) -> Bool {
        func isHosts(_ cpu: CPU?) -> Bool { cpu?.effectiveMode == .hostPassthrough || cpu?.effectiveMode == .maximum }
        return isHosts(a) != isHosts(b)
    }
}

/// The changes that need no parameters, created once.
extension CPUChange {
    fileprivate static let hypervisorDefault = CPUChange(mode: nil)
    fileprivate static let maximum = CPUChange(mode: .maximum)
    fileprivate static let hostPassthrough = CPUChange(mode: .hostPassthrough)
    fileprivate static let hostModel = CPUChange(mode: .hostModel)
}
