import DomainXML

/// A guest's CPU in a few words, for messages: its mode or its model.
func describe(_ cpu: CPU?, in domain: Domain) -> String {
    guard let cpu else { return "no <cpu>" }
    if let mode = cpu.mode, mode.value != .custom { return domain[mode.text] }
    guard let model = cpu.namedModel else { return "a <cpu> without a model" }
    let features = cpu.features.count
    return domain[model] + (features == 0 ? "" : " with \(features) feature\(features == 1 ? "" : "s")")
}
