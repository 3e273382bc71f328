/// A JSON value, read as strictly as the grammar asks.
package enum JSON: Equatable {
    case null
    case bool(Bool)
    case number(Int)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Equatable {
        package var name: String
        package var value: JSON

        package init(name: String, value: JSON) {
            self.name = name
            self.value = value
        }
    }

    package struct Malformed: Error {}

    package init(_ text: some StringProtocol) throws {
        var rest = Array(text.unicodeScalars)[...]
        self = try Self.value(&rest)
        guard rest.isEmpty else { throw Malformed() }
    }

    /// Reads a value that has blanks between its parts, which the strict reader does not take.
    package init(spaced text: String) throws {
        var isString = false, isEscaped = false
        try self.init(
            text.filter { character in
                if isEscaped {
                    isEscaped = false
                } else if character == "\"" {
                    isString.toggle()
                } else if character == "\\" {
                    isEscaped = true
                }
                return isString || !character.isWhitespace
            })
    }

    /// The value of an object's member; nil where there is none.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The names of an object's members, in their order.
    package var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.map(\.name)
    }

    /// The elements of an array; empty for another value.
    package var items: [JSON] {
        guard case .array(let items) = self else { return [] }
        return items
    }

    private typealias Rest = ArraySlice<Unicode.Scalar>

    private static func value(_ rest: inout Rest) throws -> JSON {
        switch rest.first {
        case "{":
            let members = try list(&rest, from: "{", to: "}") { rest in
                let name = try string(&rest)
                try take(":", &rest)
                return Member(name: name, value: try value(&rest))
            }
            guard Set(members.map(\.name)).count == members.count else { throw Malformed() }
            return .object(members)
        case "[": return .array(try list(&rest, from: "[", to: "]", value))
        case "\"": return .string(try string(&rest))
        default:
            let word = String(String.UnicodeScalarView(rest.prefix { !",]}".unicodeScalars.contains($0) }))
            rest = rest.dropFirst(word.unicodeScalars.count)
            switch word {
            case "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            default:
                guard let number = Int(word), "\(number)" == word else { throw Malformed() }
                return .number(number)
            }
        }
    }

    private static func take(_ scalar: Unicode.Scalar, _ rest: inout Rest) throws {
        guard rest.popFirst() == scalar else { throw Malformed() }
    }

    private static func list<Item>(
        _ rest: inout Rest, from open: Unicode.Scalar, to close: Unicode.Scalar, _ item: (inout Rest) throws -> Item
    ) throws -> [Item] {
        try take(open, &rest)
        if rest.first == close {
            rest = rest.dropFirst()
            return []
        }
        var items = [try item(&rest)]
        while rest.first == "," {
            rest = rest.dropFirst()
            items.append(try item(&rest))
        }
        try take(close, &rest)
        return items
    }

    private static func string(_ rest: inout Rest) throws -> String {
        try take("\"", &rest)
        var result = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(result)
            case "\\":
                let escapes: [Unicode.Scalar: Unicode.Scalar] = ["\"": "\"", "\\": "\\", "/": "/", "n": "\n", "r": "\r", "t": "\t"]
                let letter = rest.popFirst()
                if letter == "u" {
                    let digits = String(String.UnicodeScalarView(rest.prefix(4)))
                    guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else { throw Malformed() }
                    rest = rest.dropFirst(4)
                    result.append(scalar)
                } else if let letter, let plain = escapes[letter] {
                    result.append(plain)
                } else {
                    throw Malformed()
                }
            case ..<" ": throw Malformed()
            default: result.append(scalar)
            }
        }
        throw Malformed()
    }
}
