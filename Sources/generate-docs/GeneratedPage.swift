import Lint

/// A file of the repository that is made from the rules, wholly or in one part.
struct GeneratedPage {
    /// The path from the repository's top directory.
    var path: String
    /// The whole text, or the text between two markers.
    var content: Content

    enum Content {
        case whole(String)
        case part(String, between: Markers)
    }

    /// The lines around the part of a file that is generated.
    struct Markers {
        var first: String
        var last: String
    }

    /// Every generated page.
    static func all(of rules: [Rule]) -> [GeneratedPage] {
        [
            GeneratedPage(path: "docs/rules.md", content: .whole(RuleReference.text(of: rules))),
            GeneratedPage(path: "README.md", content: .part(RuleTable.text(of: rules), between: .readme)),
            GeneratedPage(
                path: "Examples/virt-cpu.schema.json", content: .part(RuleKeys.text(of: rules), between: .schema)),
        ]
    }

    /// What the file should hold.
    ///
    /// - Parameter present: what it holds now.
    /// - Throws: `MissingMarker` when the file has no place for the generated part.
    func text(replacing present: String) throws(MissingMarker) -> String {
        switch content {
        case .whole(let text): return text
        case .part(let text, let markers):
            guard let first = present.firstRange(of: markers.first) else {
                throw MissingMarker(path: path, marker: markers.first)
            }
            guard let last = present[first.upperBound...].firstRange(of: markers.last) else {
                throw MissingMarker(path: path, marker: markers.last)
            }
            return present[..<first.upperBound] + text + present[last.lowerBound...]
        }
    }
}

extension GeneratedPage.Markers {
    static let readme = Self(first: "<!-- rules: made by make docs -->\n", last: "<!-- end of rules -->\n")

    /// JSON has no comments, so the lines around the rules' keys are the markers.
    static let schema = Self(
        first: """
                "rules": {
                  "description": "The severity of each rule's findings",
                  "type": ["object", "null"],
                  "additionalProperties": false,
                  "properties": {

            """,
        last: "      }\n")
}
