/// A JSON value, written as a literal; members keep the order in which they are written.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Int)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A name and a value inside an object.
    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// `null` for nil.
    package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
    package init(_ number: Int) { self = .number(number) }
    package init(_ isTrue: Bool) { self = .bool(isTrue) }
    package init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }

    /// Adds the members of another object behind those of this one. Traps where one of the two is not an object.
    package mutating func add(_ other: JSONValue) {
        guard case .object(let members) = self, case .object(let more) = other else {
            preconditionFailure("not an object")
        }
        self = .object(members + more)
    }

    /// The value on one line, without blanks between its parts.
    package var text: String {
        var json = JSONBytes()
        json.add(self)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension JSONBytes {
    /// Adds a value, without blanks between its parts.
    package mutating func add(_ value: JSONValue) {
        switch value {
        case .null: add("null")
        case .bool(let isTrue): add(isTrue ? "true" : "false")
        case .number(let number): add("\(number)")
        case .string(let text): add(string: text)
        case .array(let values):
            add("[")
            for (index, value) in values.enumerated() {
                if index > 0 { add(",") }
                add(value)
            }
            add("]")
        case .object(let members):
            add("{")
            for (index, member) in members.enumerated() {
                if index > 0 { add(",") }
                add(string: member.name)
                add(":")
                add(member.value)
            }
            add("}")
        }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { Member($0.0, $0.1) })
    }
    package init(arrayLiteral values: JSONValue...) { self = .array(values) }
    package init(stringLiteral text: String) { self = .string(text) }
}
