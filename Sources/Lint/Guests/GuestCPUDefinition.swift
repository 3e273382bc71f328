public import CPUModel
public import DomainXML

extension CPUDefinition {
    /// A guest's `<cpu>` as libvirt reads it; nil when it contains a word that libvirt does not know.
    public init?(_ cpu: CPU, in domain: Domain) {
        guard let mode = cpu.effectiveMode else { return nil }
        self.init(kind: .guest, mode: mode, model: domain[cpu.namedModel], vendor: domain[cpu.vendor?.text])
        if vendor?.isEmpty ?? false { vendor = nil }
        if let match = cpu.match {
            guard let value = match.value else { return nil }
            self.match = value
        }
        if let fallback = cpu.model?.fallback?.value { self.fallback = fallback }
        // An empty one is none. Under other modes libvirt drops it, together with the model.
        if mode.keepsVendorID { vendorID = domain[cpu.model?.vendorID].flatMap { $0.isEmpty ? nil : $0 } }
        for feature in cpu.features {
            guard let name = domain[feature.name], let policy = feature.effectivePolicy else { return nil }
            features.append(Feature(name, policy))
        }
    }
}
