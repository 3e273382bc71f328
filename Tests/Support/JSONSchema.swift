// Not imported by itself in release builds, in which make torture compiles this.
import _StringProcessing

/// A JSON Schema (draft 07), as far as those in `Examples` use it. A keyword that is not known here is a mistake.
package struct JSONSchema {
    private let root: JSON

    package init(_ text: String) throws { root = try JSON(spaced: text) }

    /// What is wrong with a value, each with its place; empty if it is valid.
    package func mistakes(in value: JSON) -> [String] { mistakes(in: value, root, at: "$") }

    private func mistakes(in value: JSON, _ schema: JSON, at place: String) -> [String] {
        guard case .object(let keywords) = schema else { return ["\(place): the schema is no object"] }
        return keywords.flatMap { mistakes(in: value, $0, schema, at: place) }
    }

    private func mistakes(in value: JSON, _ keyword: JSON.Member, _ schema: JSON, at place: String) -> [String] {
        func wrong(_ isWrong: Bool) -> [String] { isWrong ? ["\(place): \(keyword.name): \(value)"] : [] }
        switch (keyword.name, value) {
        case ("$schema", _), ("title", _), ("description", _), ("definitions", _): return []
        case ("$ref", _):
            guard case .string(let reference) = keyword.value else { return wrong(true) }
            let target = reference.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] ?? .null }
            return mistakes(in: value, target, at: place)
        case ("anyOf", _):
            let choices = keyword.value.items.map { mistakes(in: value, $0, at: place) }
            // What is wrong with the nearest one tells the most.
            return choices.contains([]) ? [] : choices.min { $0.count < $1.count } ?? []
        case ("type", _):
            let types = keyword.value.items.isEmpty ? [keyword.value] : keyword.value.items
            return wrong(!types.contains(.string(Self.type(of: value))))
        case ("enum", _): return wrong(!keyword.value.items.contains(value))
        case ("required", .object(let members)):
            return keyword.value.items.flatMap { name in
                members.contains { .string($0.name) == name } ? [] : ["\(place): \(name) is missing"]
            }
        case ("properties", .object(let members)):
            return members.flatMap { member in
                keyword.value[member.name].map { mistakes(in: member.value, $0, at: "\(place).\(member.name)") } ?? []
            }
        case ("additionalProperties", .object(let members)):
            let others = members.filter { !(schema["properties"]?.names.contains($0.name) ?? false) }
            if keyword.value == .bool(false) { return others.map { "\(place): unknown: \($0.name)" } }
            return others.flatMap { mistakes(in: $0.value, keyword.value, at: "\(place).\($0.name)") }
        case ("items", .array(let items)):
            return items.indices.flatMap { mistakes(in: items[$0], keyword.value, at: "\(place)[\($0)]") }
        case ("minItems", .array(let items)): return wrong(.number(items.count) < keyword.value)
        case ("minLength", .string(let text)): return wrong(.number(text.count) < keyword.value)
        case ("minimum", .number): return wrong(value < keyword.value)
        case ("pattern", .string(let text)):
            guard case .string(let pattern) = keyword.value, let expression = try? Regex(pattern) else { return wrong(true) }
            return wrong(!text.contains(expression))
        case ("required", _), ("properties", _), ("additionalProperties", _), ("items", _), ("minItems", _), ("minLength", _),
            ("minimum", _), ("pattern", _):
            return []
        default: return ["\(place): the keyword \(keyword.name) is not known"]
        }
    }

    private static func type(of value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: "integer"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSON {
    fileprivate static func < (left: JSON, right: JSON) -> Bool {
        guard case .number(let left) = left, case .number(let right) = right else { return false }
        return left < right
    }
}
