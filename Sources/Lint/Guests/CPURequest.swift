public import CPUModel
import DomainXML

/// What `<cpu>` requests, as far as the guest can notice it. `check`, `fallback` and `<vendor>` concern only libvirt
/// and the host, so they are left out.
public struct CPURequest: Sendable, Equatable {
    /// The mode, the model and the features; nil if there is no `<cpu>`, or if libvirt refuses a word in it.
    public let definition: CPUDefinition?
    /// The mode, match, model and features as they are written, if libvirt refuses a word in the `<cpu>`; otherwise
    /// empty.
    let refused: [String]
    /// The effective value of `migratable` under host-passthrough and maximum; nil under other modes.
    let isMigratable: Bool?
    /// `deprecated_features='off'` is set.
    let dropsDeprecatedFeatures: Bool
    /// The `<cpu>` is one model without features, with check='none' and fallback='forbid'.
    let isUncheckedModel: Bool
    /// The caches in words (`level 3 emulate`), sorted.
    let caches: [String]
    /// `<maxphysaddr>` in words; nil if it is absent.
    let physicalAddresses: String?

    init(_ guest: Guest) {
        let domain = guest.domain
        guard let cpu = guest.cpu else {
            definition = nil
            refused = []
            isMigratable = nil
            dropsDeprecatedFeatures = false
            isUncheckedModel = false
            caches = []
            physicalAddresses = nil
            return
        }
        let definition = CPUDefinition(cpu, in: domain)
        self.definition = definition
        refused = definition == nil ? Self.words(of: cpu, domain) : []
        switch definition?.mode {
        case .hostPassthrough, .maximum: isMigratable = cpu.migratable?.value != .off
        default: isMigratable = nil
        }
        dropsDeprecatedFeatures = cpu.deprecatedFeatures?.value == .off
        isUncheckedModel = cpu.effectiveMode == .custom && (cpu.match == nil || cpu.match?.value == .exact)
            && cpu.features.isEmpty && cpu.check?.value == CPU.Check.none && cpu.model?.fallback?.value == .forbid
            && definition?.vendorID == nil
        caches = cpu.caches.map { cache in
            let level = domain[cache.level].map { "level \(plainNumber($0)) " } ?? ""
            return level + (domain[cache.mode?.text] ?? "")
        }.sorted()
        physicalAddresses = cpu.maxPhysAddr.map { Self.describe($0, domain) }
    }

    private static func words(of cpu: CPU, _ domain: Domain) -> [String] {
        var words = [domain[cpu.mode?.text] ?? "", domain[cpu.match?.text] ?? "", domain[cpu.model?.name.text] ?? ""]
        words += cpu.features.map { "\(domain[$0.policy?.text] ?? "") \(domain[$0.name] ?? "")" }
        return words
    }

    private static func describe(_ width: CPU.MaxPhysAddr, _ domain: Domain) -> String {
        guard width.mode?.value == .passthrough else {
            return "\(domain[width.bits].map(plainNumber) ?? "?") bits"
        }
        return "the host's" + (domain[width.limit].map { ", at most \(plainNumber($0)) bits" } ?? "")
    }
}
