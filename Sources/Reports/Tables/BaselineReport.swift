import CPUModel

/// The CPU that runs on several hosts.
package struct BaselineReport {
    private let cpu: CPUDefinition

    package init(_ cpu: CPUDefinition) { self.cpu = cpu }

    /// The model, then each feature with a `+` or `-`.
    package var text: String {
        let features = cpu.features.map { ($0.policy == .disable ? "-" : "+") + $0.name }
        return ([cpu.model ?? ""] + features).map(printable).joined(separator: " ") + "\n"
    }

    package var json: JSONValue {
        let value: JSONValue = [
            "model": JSONValue(cpu.model), "vendor": JSONValue(cpu.vendor),
            "fallback": JSONValue(cpu.fallback.rawValue),
            "require": JSONValue(cpu.features(.require)), "disable": JSONValue(cpu.features(.disable)),
        ]
        return value.described(by: "baseline")
    }
}
