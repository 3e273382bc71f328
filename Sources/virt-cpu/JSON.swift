import Lint

/// One JSON object a line.
struct JSONLinesReporter: Reporter {
    func lines(for finding: Finding, in file: String) -> String { Self.object(finding, file).text + "\n" }

    static func object(_ finding: Finding, _ file: String) -> JSONObject {
        var object = JSONObject()
        object.add("file", file)
        object.add("line", finding.start.line)
        object.add("column", finding.start.column)
        object.add("endLine", finding.end.line)
        object.add("endColumn", finding.end.column)
        object.add("rule", finding.rule)
        object.add("severity", finding.severity.rawValue)
        object.add("message", finding.message)
        var domain = JSONObject()
        domain.add("name", finding.domainName)
        domain.add("uuid", finding.domainUUID)
        object.add("domain", domain)
        object.add("host", finding.host)
        object.add("notes", finding.notes)
        object.add("help", finding.help)
        object.add("fixable", finding.isFixable)
        object.add("fixed", finding.isFixed)
        return object
    }
}

/// One JSON array.
struct JSONReporter: Reporter {
    var opening: String { "[" }
    var separator: String { ",\n " }
    var closing: String { "]\n" }
    func lines(for finding: Finding, in file: String) -> String { JSONLinesReporter.object(finding, file).text }
}

/// A JSON object, written as it is added to.
struct JSONObject {
    private var members: [String] = []

    var text: String { "{\(members.joined(separator: ","))}" }

    mutating func add(_ key: String, _ value: String?) { add(key, raw: value.map(Self.quote) ?? "null") }
    mutating func add(_ key: String, _ value: Int) { add(key, raw: "\(value)") }
    mutating func add(_ key: String, _ value: Bool) { add(key, raw: "\(value)") }
    mutating func add(_ key: String, _ value: [String]) {
        add(key, raw: "[\(value.map(Self.quote).joined(separator: ","))]")
    }
    mutating func add(_ key: String, _ value: JSONObject) { add(key, raw: value.text) }
    mutating func add(_ key: String, _ value: [JSONObject]) {
        add(key, raw: "[\(value.map(\.text).joined(separator: ","))]")
    }

    private mutating func add(_ key: String, raw: String) { members.append("\(Self.quote(key)):\(raw)") }

    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                // U+009B begins a terminal's sequences as ESC [ does.
                if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) {
                    let hex = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
