/// A value in a YAML document, with the position where it begins.
///
/// A policy may not use anchors, aliases, tags or a second document. Without aliases, the tree of a document cannot be
/// much larger than its text.
struct YAMLNode: Equatable, Sendable {
    /// The largest input that is read, in bytes. A policy with an entry for each of a thousand guests has a tenth of
    /// this size.
    static let maximumSize = 1 << 20
    /// How deeply lists and mappings may be nested. A policy needs five levels.
    static let maximumDepth = 32

    enum Value: Equatable, Sendable {
        /// `isPlain` is false for quoted text and for block text, which are never a boolean or null.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// The pairs in the order of the file. Each key occurs once.
        case mapping([Pair])
    }

    /// One key of a mapping with its value.
    struct Pair: Equatable, Sendable {
        var key: YAMLNode
        /// The text of the key.
        var name: String
        var value: YAMLNode
    }

    var value: Value
    /// The line where the value begins, counted from 1.
    var line: Int
    /// The column where the value begins, in Unicode scalars, counted from 1.
    var column: Int
    /// Which of the documents that make a policy the value comes from: 0 for the policy itself.
    var document = 0

    /// The value is missing, or one of YAML's words for null.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The value of a key; nil if the node is no mapping or does not have the key.
    func value(of key: String) -> YAMLNode? {
        guard case .mapping(let pairs) = value else { return nil }
        return pairs.first { $0.name == key }?.value
    }

    /// The kind of the value, for a message: "a list".
    var kindName: String {
        switch value {
        case _ where isNull: "nothing"
        case .scalar: "a word"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
