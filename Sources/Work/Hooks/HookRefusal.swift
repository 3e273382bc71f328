import Lint
import Reports

/// What a hook says about a guest that it does not let start. The text becomes part of another program's error message,
/// so that it is short: no places, no source lines, no colours.
package enum HookRefusal {
    /// The most findings that are listed; of the others only the number.
    private static let limit = 5

    /// - Parameter helps: false for a running guest, whose CPU cannot be changed any more.
    package static func text(_ heading: String, _ findings: [Finding], helps: Bool = true) -> String {
        var text = "virt-cpu: \(printable(heading)):\n"
        for finding in findings.prefix(limit) {
            text += "  \(printable(finding.message)) [\(finding.rule)]\n"
            if helps, let help = finding.help { text += "    help: \(printable(help))\n" }
        }
        if findings.count > limit { text += "  and \(findings.count - limit) more\n" }
        return text
    }
}
