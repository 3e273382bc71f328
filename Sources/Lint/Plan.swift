import CPUModel
import DomainXML

/// What a target makes of one guest.
enum Plan {
    /// It is that already, or is to be kept.
    case asItIs
    case rewrite(Rewriting)
    /// The target cannot be had for this guest: why. The domain stays.
    case refused(target: Target, reason: String)
    /// A Windows guest keeps its CPU: what it would have become.
    case withheld(Rewriting, evidence: String)
    /// A running domain is judged, never edited.
    case running
}

/// A change of CPU, worked out.
///
/// A class, so that handing a plan about is one retain.
final class Rewriting {
    let target: Target
    let result: CPURewrite
    fileprivate let change: CPUChange
    fileprivate let guest: Guest

    fileprivate init(target: Target, result: CPURewrite, change: CPUChange, guest: Guest) {
        self.target = target
        self.result = result
        self.change = change
        self.guest = guest
    }

    /// `host-model`, `Haswell`: what `<cpu>` becomes.
    var name: String { Planner.describe(change) }

    /// What of the old CPU goes, in words; asked for while the guest has it.
    var lost: [String] { Planner.lost(by: change, guest) }
}

/// Why a target does not apply.
struct Refusal: Error {
    var reason: String
}

extension Target {
    /// It speaks of the hosts' CPUs.
    public var needsHost: Bool { self == .hostModelOnly || self == .baseline || self == .pin }
}

/// Made once, not for each guest.
extension CPUChange {
    fileprivate static let hypervisorDefault = CPUChange(mode: nil)
    fileprivate static let maximum = CPUChange(mode: .maximum)
    fileprivate static let hostPassthrough = CPUChange(mode: .hostPassthrough)
    fileprivate static let hostModel = CPUChange(mode: .hostModel)
}

/// Turns targets into changes of a guest's CPU.
final class Planner: Sendable {
    let hosts: HostTargets
    /// Of all the hosts; nil where they differ.
    let architecture: String?
    let isNewGuest: Bool

    init(hosts: HostTargets, isNewGuest: Bool) {
        self.hosts = hosts
        self.isNewGuest = isNewGuest
        architecture = hosts.architecture
    }

    /// - Parameter earlier: a guest that was not there before has nothing installed.
    func plan(
        _ guest: Guest, target: Target, windows: WindowsPolicy, earlier: EarlierGuest = .unknown
    ) -> Plan {
        guard guest.isManaged else { return .asItIs }
        var target = target
        var isNewGuest = isNewGuest
        if case .new = earlier { isNewGuest = true }
        if guest.windows != nil, windows == .pin, !isNewGuest { target = .pin }
        do {
            guard let change = try change(for: guest, to: target) else { return .asItIs }
            if isAlready(change, guest, isFallbackAsked: !target.needsHost) { return .asItIs }
            if guest.domain.isRunning { return .running }
            let result = CPURewriter.rewrite(guest.domain, in: guest.document, to: change)
            guard !result.edits.isEmpty else { return .asItIs }
            let rewriting = Rewriting(target: target, result: result, change: change, guest: guest)
            if let evidence = guest.windows, windows == .keep, !isNewGuest, isVisible(result, guest, earlier) {
                return .withheld(rewriting, evidence: evidence)
            }
            return .rewrite(rewriting)
        } catch let refusal as Refusal {
            return .refused(target: target, reason: refusal.reason)
        } catch {
            return .refused(target: target, reason: "\(error)")
        }
    }

    // MARK: Targets

    /// The change that a target asks for; `nil` to keep the CPU.
    private func change(for guest: Guest, to target: Target) throws -> CPUChange? {
        switch target {
        case .keep: return nil
        case .hypervisorDefault: return .hypervisorDefault
        case .maximum:
            guard guest.hypervisor == .hardware || guest.hasEmulatedMaximum else {
                throw Refusal(reason: "QEMU has no maximum for emulated \(guest.architecture) guests")
            }
            return .maximum
        case .hostPassthrough:
            guard guest.hypervisor == .hardware else {
                throw Refusal(reason: "host-passthrough needs hardware virtualisation: an emulated guest cannot start with it")
            }
            return .hostPassthrough
        case .hostModel:
            guard guest.architecture.facts.hasHostModel else {
                throw Refusal(reason: "libvirt has no host-model for \(guest.architecture) guests")
            }
            return .hostModel
        case .model(let model):
            try hosts.check(model: model.model, fits: guest.architecture)
            return CPUChange(
                mode: .custom, model: model.model, fallback: model.fallback, vendor: model.vendor,
                features: model.features.map { CPUChange.Feature(name: $0.name, policy: $0.policy) })
        case .pin where !guest.followsHost: return nil
        case .hostModelOnly, .baseline, .pin:
            if let substitute = substitute(for: target, guest) { return substitute.change }
            return try hosts.change(for: target, guest)
        }
    }

    private struct Substitute { var change: CPUChange? }

    /// What stands in for a target that speaks of hardware virtualisation on x86.
    private func substitute(for target: Target, _ guest: Guest) -> Substitute? {
        if guest.hypervisor == .emulated {
            return Substitute(change: guest.hasEmulatedMaximum ? .maximum : nil)
        }
        if guest.isX86 { return nil }
        return Substitute(change: guest.architecture.facts.kvmSubstitute.map { CPUChange(mode: $0) })
    }

    fileprivate static func describe(_ change: CPUChange) -> String {
        switch change.mode {
        case nil: return "the hypervisor's default"
        case .custom:
            let features = change.features.map { "\($0.policy.rawValue) \($0.name)" }
            return (change.model ?? "") + (features.isEmpty ? "" : " (\(features.joined(separator: ", ")))")
        case .some(let mode): return mode.rawValue
        }
    }

    // MARK: Comparing

    /// The guest's CPU is what the change would make of it.
    ///
    /// - Parameter isFallbackAsked: the target's own word on `fallback` counts; otherwise it is only how a new model is
    ///   written.
    private func isAlready(_ change: CPUChange, _ guest: Guest, isFallbackAsked: Bool) -> Bool {
        let domain = guest.domain
        guard let cpu = domain.cpu else { return change.mode == nil }
        switch change.mode {
        case nil: return isHypervisorDefault(cpu, guest)
        case .custom:
            guard cpu.effectiveMode == .custom, domain.is(cpu.namedModel, change.model ?? "") else { return false }
            if let match = cpu.match, match.value != .exact { return false }
            if isFallbackAsked, let fallback = change.fallback, cpu.model?.fallback?.value != fallback { return false }
            if let vendor = change.vendor, !domain.is(cpu.vendor?.text, vendor) { return false }
            return listed(cpu, domain) == Set(change.features.map { "\($0.policy.rawValue) \($0.name)" })
        case .some(let mode): return cpu.effectiveMode == mode
        }
    }

    private func listed(_ cpu: CPU, _ domain: Domain) -> Set<String> {
        Set(cpu.features.map { "\($0.effectivePolicy?.rawValue ?? "?") \(domain[$0.name] ?? "")" })
    }

    /// Whether a Windows guest could tell the difference to what it has; a rewrite that gives it back what it had before
    /// is none either.
    private func isVisible(_ result: CPURewrite, _ guest: Guest, _ earlier: EarlierGuest) -> Bool {
        if case .old = earlier {} else if isOtherSource(result.cpu, guest.cpu) { return true }
        let after = guest.domain.with(cpu: result.cpu) { GuestRecord(guest) }
        if GuestChange.between(GuestRecord(guest), after, on: hosts).isNone { return false }
        guard case .old(let installed, _) = earlier else { return true }
        return !GuestChange.between(installed, after, on: hosts).isNone
    }

    /// The host's own processor is no model's: seen at a glance, as most rewrites are.
    private func isOtherSource(_ a: CPU?, _ b: CPU?) -> Bool {
        func isHosts(_ cpu: CPU?) -> Bool { cpu?.effectiveMode == .hostPassthrough || cpu?.effectiveMode == .maximum }
        return isHosts(a) != isHosts(b)
    }

    /// What of the old CPU the change does away with.
    fileprivate static func lost(by change: CPUChange, _ guest: Guest) -> [String] {
        let domain = guest.domain
        guard let cpu = domain.cpu else { return [] }
        var lost: [String] = []
        for (name, text) in [("check", cpu.check?.text), ("migratable", cpu.migratable?.text)] {
            if let text { lost.append("\(name)='\(domain[text])'") }
        }
        if change.mode == nil, let word = cpu.deprecatedFeatures { lost.append("deprecated_features='\(domain[word.text])'") }
        if change.mode != .custom, cpu.effectiveMode == .hostModel, let model = cpu.namedModel {
            lost.append("model \(domain[model])")
        }
        if let match = cpu.match, match.value != .exact { lost.append("match='\(domain[match.text])'") }
        if let fallback = cpu.model?.fallback, fallback.value != change.fallback {
            lost.append("fallback='\(domain[fallback.text])'")
        }
        if let vendor = cpu.vendor, !domain.is(vendor.text, change.vendor ?? "") {
            lost.append("vendor \(domain[vendor.text])")
        }
        if let id = cpu.model?.vendorID, change.mode != .custom, change.mode != .hostModel {
            lost.append("vendor_id='\(domain[id])'")
        }
        if !change.allowsPassthroughParts {
            if cpu.caches.contains(where: { $0.mode?.value == .passthrough }) { lost.append("cache mode='passthrough'") }
        }
        let kept = Set(change.features.map { "\($0.policy.rawValue) \($0.name)" })
        lost += cpu.features.map { "\($0.effectivePolicy?.rawValue ?? "?") \(domain[$0.name] ?? "")" }
            .filter { !kept.contains($0) }
        return lost
    }
}

/// Models that libvirt itself writes out for a guest without `<cpu>` (`qemuDomainDefSetDefaultCPU…`).
private let writtenForDefault: [StaticString] = ["qemu64", "kvm64", "qemu32", "kvm32"]

/// The guest gets whatever the hypervisor gives: nothing is asked for, or only what libvirt wrote for nothing.
func isHypervisorDefault(_ cpu: CPU?, _ guest: Guest) -> Bool {
    guard let cpu else { return true }
    guard cpu.effectiveMode == .custom, cpu.features.isEmpty else { return false }
    guard let model = cpu.namedModel else { return true }
    return guest.isX86 && cpu.check?.value == CPU.Check.none
        && writtenForDefault.contains { guest.domain.is(model, $0) }
}

/// The CPU in a few words.
func describe(_ cpu: CPU?, in domain: Domain) -> String {
    guard let cpu else { return "no <cpu>" }
    if let mode = cpu.mode, mode.value != .custom { return domain[mode.text] }
    guard let model = cpu.namedModel else { return "no model" }
    let features = cpu.features.count
    return domain[model] + (features == 0 ? "" : " with \(features) feature\(features == 1 ? "" : "s")")
}
