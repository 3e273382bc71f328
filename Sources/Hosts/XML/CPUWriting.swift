public import CPUModel

extension CPUDefinition {
    /// libvirt's XML for it: a host's `<cpu>` as in capabilities, a guest's as in a domain.
    public var xml: String {
        var lines: [String] = []
        switch kind {
        case .host:
            lines.append("<cpu>")
            if let architecture { lines.append("  <arch>\(escaped(architecture))</arch>") }
            if let model { lines.append("  <model>\(escaped(model))</model>") }
            if let vendor { lines.append("  <vendor>\(escaped(vendor))</vendor>") }
            if let signature {
                lines.append(
                    "  <signature family='\(signature.family)' model='\(signature.model)' stepping='\(signature.stepping)'/>")
            }
            lines += features.map { "  <feature name='\(escaped($0.name))'/>" }
        case .guest:
            lines.append("<cpu mode='\(mode.rawValue)'\(mode == .custom ? " match='\(match.rawValue)'" : "")>")
            if let model { lines.append("  <model fallback='\(fallback.rawValue)'>\(escaped(model))</model>") }
            if let vendor { lines.append("  <vendor>\(escaped(vendor))</vendor>") }
            lines += features.map { "  <feature policy='\($0.policy.rawValue)' name='\(escaped($0.name))'/>" }
        }
        return (lines + ["</cpu>"]).joined(separator: "\n") + "\n"
    }
}

private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "'": result += "&apos;"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
