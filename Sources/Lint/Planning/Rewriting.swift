import DomainXML

/// A change of a guest's CPU, with the edits that make it.
///
/// A class, because a plan is passed to many functions, and a class reference is cheap to copy.
final class Rewriting {
    let target: Target
    /// The edits, and the `<cpu>` afterwards.
    let result: CPURewrite
    /// Why the new CPU may differ from what the guest gets today, although the target is `pin`; nil if nothing is doubtful.
    let doubt: String?
    private let change: CPUChange
    private let guest: Guest

    init(target: Target, result: CPURewrite, change: CPUChange, guest: Guest, doubt: String?) {
        self.doubt = doubt
        self.target = target
        self.result = result
        self.change = change
        self.guest = guest
    }

    /// The new CPU in a few words, for messages: `host-model`, `Haswell`.
    var name: String {
        switch change.mode {
        case nil: return "the hypervisor's default"
        case .custom:
            let features = change.features.map { "\($0.policy.rawValue) \($0.name)" }
            return (change.model ?? "") + (features.isEmpty ? "" : " (\(features.joined(separator: ", ")))")
        case .some(let mode): return mode.rawValue
        }
    }

    /// The new CPU in fewer words: a model, and the number of its features.
    var summary: String {
        guard change.mode == .custom, !change.features.isEmpty else { return name }
        return "\(change.model ?? "") with \(change.features.count) feature\(change.features.count == 1 ? "" : "s")"
    }

    /// What the guest would notice of the rewrite. Must be read while the guest still has its old CPU.
    func visibleChange(on hosts: StartCheck) -> GuestChange {
        let after = guest.domain.with(cpu: result.cpu) { GuestRecord(guest) }
        return GuestChange.between(GuestRecord(guest), after, on: hosts)
    }

    /// The model that is written; nil if none is.
    var model: String? { change.model }

    /// The parts of the old CPU that the change removes, in words. Must be read while the guest still has its old CPU.
    var lost: [String] {
        let domain = guest.domain
        guard let cpu = domain.cpu else { return [] }
        var lost: [String] = []
        if let text = cpu.check?.text { lost.append("check='\(domain[text])'") }
        if let text = cpu.migratable?.text { lost.append("migratable='\(domain[text])'") }
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
        if let id = cpu.model?.vendorID, !(change.mode?.keepsVendorID ?? false) || cpu.effectiveMode?.keepsVendorID == false {
            lost.append("vendor_id='\(domain[id])'")
        }
        if !change.allowsPassthroughParts {
            if cpu.caches.contains(where: { $0.mode?.value == .passthrough }) { lost.append("cache mode='passthrough'") }
        }
        if cpu.features.isEmpty { return lost }
        let kept = Set(change.features.map { "\($0.policy.rawValue) \($0.name)" })
        // A message shows no more of a name, and no feature that stays has a longer one.
        lost += cpu.features.map { "\($0.effectivePolicy?.rawValue ?? "?") \($0.name.map { domain.beginning(of: $0, bytes: 8000) } ?? "")" }
            .filter { !kept.contains($0) }
        return lost
    }
}
