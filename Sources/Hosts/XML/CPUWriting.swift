public import CPUModel
internal import XMLTree

extension CPUDefinition {
    /// libvirt's XML of the CPU: a host's `<cpu>` as in capabilities, a guest's as in a domain.
    public var xml: String {
        var lines: [String] = []
        switch kind {
        case .host:
            lines.append("<cpu>")
            if let architecture { lines.append("  <arch>\(architecture.xmlEscaped)</arch>") }
            if let model { lines.append("  <model>\(model.xmlEscaped)</model>") }
            if let vendor { lines.append("  <vendor>\(vendor.xmlEscaped)</vendor>") }
            if let signature {
                lines.append(
                    "  <signature family='\(signature.family)' model='\(signature.model)' stepping='\(signature.stepping)'/>")
            }
            lines += features.map { "  <feature name='\($0.name.xmlEscaped)'/>" }
        case .guest:
            lines.append("<cpu mode='\(mode.rawValue)'\(mode == .custom ? " match='\(match.rawValue)'" : "")>")
            if let model { lines.append("  <model fallback='\(fallback.rawValue)'>\(model.xmlEscaped)</model>") }
            if let vendor { lines.append("  <vendor>\(vendor.xmlEscaped)</vendor>") }
            lines += features.map { "  <feature policy='\($0.policy.rawValue)' name='\($0.name.xmlEscaped)'/>" }
        }
        return (lines + ["</cpu>"]).joined(separator: "\n") + "\n"
    }
}
