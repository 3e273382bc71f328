import CHomepage
import Lint

/// What the program calls itself.
package enum Program {
    /// The version that `--version` and SARIF reports state.
    package static let version = "0.2.0"

    /// The address of the project, from which reports link to pages; nil if the build did not state one
    /// (`make build HOMEPAGE=…`). Repository paths behind it are pages: `HOMEPAGE/docs/rules.md`.
    package static let homepage = address(String(cString: virt_cpu_homepage()))

    /// The address as the build stated it, without slashes at its end; nil if it is empty.
    static func address(_ stated: String) -> String? {
        var address = Substring(stated)
        while address.hasSuffix("/") { address = address.dropLast() }
        return address.isEmpty ? nil : String(address)
    }

    /// The address of what `docs/rules.md` says about a rule; nil without a homepage, and for what is no rule.
    package static func page(of rule: String, below homepage: String? = homepage) -> String? {
        guard let homepage, Rule.named(rule) != nil else { return nil }
        return "\(homepage)/docs/rules.md#\(rule)"
    }
}
