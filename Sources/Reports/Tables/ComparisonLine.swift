/// How one guest's CPU compares with one host's: a line of `virt-cpu compare`.
package struct ComparisonLine: Sendable {
    package enum Result: String, Sendable {
        case identical, superset, incompatible
        case notJudged = "not judged"
        case error
    }

    package var guest: String
    package var host: String
    package var result: Result
    /// Features that the guest requires and the host lacks.
    package var missing: [String] = []
    /// Features that the host has beyond the guest's.
    package var extra: [String] = []
    package var reason: String?
    /// The `<cpu>` that a guest gets that follows its host. Nil for other guests.
    package var cpu: String?

    package init(guest: String, host: String, _ result: Result, reason: String? = nil) {
        self.guest = guest
        self.host = host
        self.result = result
        self.reason = reason
    }

    package var text: String {
        let why = reason.map { ": \(printable($0))" } ?? ""
        return "\(printable(guest)) on \(printable(host)): \(result.rawValue)\(why)\n"
    }

    package var json: JSONValue {
        [
            "guest": JSONValue(guest), "host": JSONValue(host), "result": JSONValue(result.rawValue),
            "missing": JSONValue(missing), "extra": JSONValue(extra), "reason": JSONValue(reason),
            "cpu": JSONValue(cpu),
        ]
    }
}
