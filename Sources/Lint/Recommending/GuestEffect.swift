import CPUModel
import DomainXML

/// What a choice means for one guest.
public struct GuestEffect: Sendable {
    /// The guest's name, or its UUID; nil if it has neither.
    public var guest: String?
    /// Why the choices do not apply to the guest; nil if they do.
    public var exception: String?
    /// The guest is a Windows guest that sees another CPU than it has now. Windows can then ask to be activated again.
    public var isNoticedByWindows: Bool
    /// The guest's operating system, with what the choice lacks for it, in words. Nil if it runs.
    public var shortage: String?
}

extension Recommendation {
    /// The level of x86-64 that a guest's operating system needs, or may need. Nil if nothing is known about it.
    public static func level(neededBy guest: Guest) -> ISALevel? {
        guard guest.architecture.name == "x86_64", let id = guest.osinfoID else { return nil }
        return OSRequirement.of(osinfoID: id).compactMap(\.level).max()
    }

    /// What a choice means for a guest.
    public func effect(of choice: CPUChoice, on guest: Guest, _ hosts: StartCheck) -> GuestEffect {
        let record = GuestRecord(guest)
        var effect = GuestEffect(guest: record.name ?? record.uuid, isNoticedByWindows: false)
        guard guest.isManaged, guest.hypervisor == .hardware, guest.architecture.name == "x86_64", guest.commandlineCPU == nil else {
            effect.exception = "it does not run under KVM on x86_64, or qemu:commandline passes its own -cpu"
            return effect
        }
        if guest.windows != nil { effect.isNoticedByWindows = isNoticed(choice, by: guest, hosts) }
        if let id = guest.osinfoID, let seen = hosts.visible(choice.cpu, record.platform) {
            let x86 = hosts.knowledge.x86
            for requirement in OSRequirement.of(osinfoID: id) where effect.shortage == nil {
                let missing = x86.featureNames(in: x86.bits(ofFeatures: requirement.features) - seen.features)
                guard !missing.isEmpty else { continue }
                let needs = requirement.doubt == nil ? "needs" : "may need"
                effect.shortage = "\(needs) \(requirement.name), and this CPU lacks \(missing.joined(separator: ", "))"
            }
        }
        return effect
    }

    /// Whether the guest would see another CPU, as for a rewrite to the choice's model.
    private func isNoticed(_ choice: CPUChoice, by guest: Guest, _ hosts: StartCheck) -> Bool {
        let target = Target.model(ModelTarget(
            model: choice.cpu.model ?? "", fallback: .forbid, vendor: choice.cpu.vendor,
            features: choice.cpu.features.map { TargetFeature(name: $0.name, policy: $0.policy) }))
        let plan = Planner(hosts: HostTargets(hosts), isNewGuest: false).plan(guest, target: target, windows: .keep, earlier: .unknown)
        return switch plan {
        case .withheld, .refused, .running, .faulty: true
        case .asItIs, .rewrite: false
        }
    }
}
