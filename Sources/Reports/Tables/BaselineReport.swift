import CPUModel

/// The CPU that runs on several hosts, or why there is none.
package struct BaselineReport {
    private let cpu: CPUDefinition

    package init(_ cpu: CPUDefinition) { self.cpu = cpu }

    /// The JSON of hosts without a baseline.
    package static func json(noneBecause reason: String) -> JSONValue { json(CPUDefinition(kind: .guest), reason: reason) }

    /// The model, then each feature with a `+` or `-`.
    package var text: String {
        let features = cpu.features.map { ($0.policy == .disable ? "-" : "+") + $0.name }
        return ([cpu.model ?? ""] + features).map(printable).joined(separator: " ") + "\n"
    }

    package var json: JSONValue { Self.json(cpu, reason: nil) }

    private static func json(_ cpu: CPUDefinition, reason: String?) -> JSONValue {
        let value: JSONValue = [
            "model": JSONValue(cpu.model), "vendor": JSONValue(cpu.vendor),
            "fallback": JSONValue(cpu.fallback.rawValue),
            "require": JSONValue(cpu.features(.require)), "disable": JSONValue(cpu.features(.disable)),
            "reason": JSONValue(reason),
        ]
        return value.described(by: "baseline")
    }
}
