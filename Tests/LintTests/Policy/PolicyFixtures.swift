import Testing

@testable import Lint

/// The rules that the tests' policies may name.
let someRules = [
    "cpu-not-default", "host-passthrough", "hypervisor-default", "fallback-allow", "check-none", "unknown-model",
    "unknown-feature",
]

func parse(_ text: String, origin: PolicyOrigin = .named) throws(PolicyError) -> Policy {
    try Policy.parse(Array(text.utf8), file: "p.yaml", origin: origin, knownRules: someRules)
}

/// What the error for a policy says, whole, or nil when the policy is good.
func complaint(_ text: String, origin: PolicyOrigin = .named) -> String? {
    do {
        _ = try parse(text, origin: origin)
        return nil
    } catch {
        return error.description
    }
}
