import Testing

@testable import Lint

/// The rules that policies in tests may name.
let someRules = [
    "cpu-not-default", "host-passthrough", "hypervisor-default", "fallback-allow", "check-none", "unknown-model",
    "unknown-feature",
]

/// Reads a policy that is given as text.
func parse(_ text: String, origin: PolicyOrigin = .named) throws(PolicyError) -> Policy {
    try Policy.parse(Array(text.utf8), file: "p.yaml", origin: origin, knownRules: someRules)
}

/// The whole error message for a policy; nil if the policy is valid.
func complaint(_ text: String, origin: PolicyOrigin = .named) -> String? {
    do {
        _ = try parse(text, origin: origin)
        return nil
    } catch {
        return error.description
    }
}
