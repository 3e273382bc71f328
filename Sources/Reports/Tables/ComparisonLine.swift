/// How one guest's CPU compares with one host's: a line of `virt-cpu compare`.
package struct ComparisonLine: Sendable {
    package enum Result: String, Sendable {
        case identical, superset, incompatible
        case notJudged = "not judged"
        case error
    }

    /// The name of the guest's file; `<stdin>` for a stream.
    package var file: String?
    /// What text calls the guest: its name, or that of its file.
    package var guest: String
    /// The guest's own name; nil if it has none.
    package var name: String?
    /// The guest's UUID, in any spelling.
    package var uuid: String?
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

    package var text: String { text(withFile: false) }

    /// - Parameter showsFile: name the guest's file, because the guests of several are compared.
    package func text(withFile showsFile: Bool) -> String {
        let why = reason.map { ": \(printable($0))" } ?? ""
        let place = showsFile ? file.map { "\(printable($0)): " } ?? "" : ""
        return "\(place)\(printable(guest)) on \(printable(host)): \(result.rawValue)\(why)\n"
    }

    package var json: JSONValue {
        let value: JSONValue = [
            "file": JSONValue(file), "name": JSONValue(name), "uuid": JSONValue(uuid: uuid), "host": JSONValue(host),
            "result": JSONValue(result.rawValue), "missing": JSONValue(missing), "extra": JSONValue(extra),
            "reason": JSONValue(reason), "cpu": JSONValue(cpu),
        ]
        return value.described(by: "compare")
    }
}
