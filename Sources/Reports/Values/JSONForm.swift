/// How the objects of an answer are put together as JSON: the words of `--format` that every command has.
package enum JSONForm: String, Sendable {
    /// One array, with each object on a line of its own.
    case json
    /// One object per line, and nothing around them.
    case jsonLines = "json-lines"

    /// What stands before the first object.
    package var opening: String { self == .json ? "[" : "" }
    /// What stands between two objects, behind the terminator of the first.
    package var separator: String { self == .json ? ",\n " : "" }
    /// What ends each object.
    package var terminator: String { self == .json ? "" : "\n" }
    /// What stands behind the last object.
    package var closing: String { self == .json ? "]\n" : "" }

    /// Objects as a whole answer.
    package func text(of objects: [JSONValue]) -> String {
        opening + objects.map { $0.text + terminator }.joined(separator: separator) + closing
    }
}

/// The words of `--format` of a command, among them those of `JSONForm`.
package protocol JSONFormat: RawRepresentable<String> {}

extension JSONFormat {
    /// How the objects of an answer are printed; nil for a format that is not JSON.
    package var json: JSONForm? { JSONForm(rawValue: rawValue) }
}
