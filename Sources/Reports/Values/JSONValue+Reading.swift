extension JSONValue {
    /// The value of an object's first member with a name; nil for null, and where there is none.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members.first(where: { $0.name == name })?.value, value != .null else {
            return nil
        }
        return value
    }

    /// The text of a string; nil for another value.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number; nil for another value.
    package var integer: Int? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The value is `true`.
    package var isTrue: Bool { self == .bool(true) }

    /// The elements of an array; nil for another value.
    package var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }
}
