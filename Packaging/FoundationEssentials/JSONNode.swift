/// A value of a JSON document while it is built. It is an object because containers of an encoder are copied.
final class JSONNode {
    private enum Kind {
        /// A string, a number, true, false or null, as it is printed.
        case scalar(String)
        case array([JSONNode])
        case object([String: JSONNode])
    }

    private var kind = Kind.object([:])

    init() {}

    init(_ value: some Encodable) throws {
        switch value {
        case let text as String: kind = .scalar(Self.quoted(text))
        case let bool as Bool: kind = .scalar(String(bool))
        case let number as any BinaryInteger: kind = .scalar(String(number))
        case let number as any BinaryFloatingPoint:
            guard number.isFinite else {
                throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "JSON has no such number"))
            }
            kind = .scalar("\(number)")
        default: try value.encode(to: JSONNodeEncoder(node: self))
        }
    }

    func become(_ other: JSONNode) { kind = other.kind }

    func becomeNull() { kind = .scalar("null") }

    /// An array stays what it is, so that a second container goes on with it.
    func becomeArray() { if case .array = kind {} else { kind = .array([]) } }

    func becomeObject() { if case .object = kind {} else { kind = .object([:]) } }

    var count: Int { if case .array(let items) = kind { items.count } else { 0 } }

    func append(_ item: JSONNode) {
        guard case .array(var items) = kind else { return }
        items.append(item)
        kind = .array(items)
    }

    func set(_ key: String, _ item: JSONNode) {
        guard case .object(var items) = kind else { return }
        items[key] = item
        kind = .object(items)
    }

    func text(indent: String) -> String {
        let inner = indent + "  "
        func joined(_ items: [String], _ opening: String, _ closing: String) -> String {
            opening + "\n" + items.map { inner + $0 }.joined(separator: ",\n") + "\n" + indent + closing
        }
        return switch kind {
        case .scalar(let text): text
        case .array(let items): joined(items.map { $0.text(indent: inner) }, "[", "]")
        case .object(let items):
            joined(items.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)) : \($0.value.text(indent: inner))" }, "{", "}")
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\", "/": result += "\\\(scalar)"
            case "\u{8}": result += "\\b"
            case "\u{c}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\0"..."\u{f}": result += "\\u000" + String(scalar.value, radix: 16)
            case "\u{10}"..."\u{1f}": result += "\\u00" + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
