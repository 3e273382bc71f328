public import CPUModel
public import DomainXML

extension CPUDefinition {
    /// A guest's `<cpu>` as libvirt reads it; nil when it contains a word that libvirt does not know.
    public init?(_ cpu: CPU, in domain: Domain) {
        guard let mode = cpu.effectiveMode else { return nil }
        self.init(kind: .guest, mode: mode)
        // Under other modes libvirt drops the model, and what goes with it. An empty word is none.
        let hasModel = mode == .custom || mode == .hostModel
        func named(_ text: DecodedText?) -> String? { hasModel ? domain[text].flatMap { $0.isEmpty ? nil : $0 } : nil }
        (model, vendor, vendorID) = (named(cpu.namedModel), named(cpu.vendor?.text), named(cpu.model?.vendorID))
        if let match = cpu.match {
            guard let value = match.value else { return nil }
            self.match = value
        }
        if hasModel, let fallback = cpu.model?.fallback?.value { self.fallback = fallback }
        for feature in cpu.features {
            guard let name = domain[feature.name], let policy = feature.effectivePolicy else { return nil }
            features.append(Feature(name, policy))
        }
    }
}
