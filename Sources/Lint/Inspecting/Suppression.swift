import DomainXML

/// A comment inside a domain that suppresses findings of some rules: `<!-- virt-cpu: ignore RULE, RULE - REASON -->`.
///
/// The reason follows ` - `, ` – `, ` — ` or `:`. An XML comment cannot contain `--`.
struct Suppression {
    var span: ByteRange
    /// The names of the rules, each once.
    var rules: [String] = []
    /// A reason follows the rules.
    var hasReason = false
    /// The number of findings that the comment has hidden.
    var hidden = 0

    /// The suppression comments of a domain.
    static func read(_ domain: Domain) -> [Suppression] {
        domain.comments.compactMap { comment in
            let isOurs = domain.withUTF8(comment.text) { bytes in
                startsWith(UnsafeBufferPointer(rebasing: bytes.drop { isBlank($0) }), "virt-cpu:")
            }
            return isOurs ? Suppression(domain[comment.text], at: comment.span) : nil
        }
    }

    private init?(_ text: String, at span: ByteRange) {
        var words = Words(text)
        guard words.next() != nil, words.next() == "ignore" else { return nil }
        self.span = span
        var seen: Set<String> = []
        var word = words.next()
        while let name = word, !Self.dashes.contains(name) {
            word = words.next()
            for id in name.split(whereSeparator: { $0 == "," || $0 == ":" }).map(String.init) where seen.count < Self.mostRules {
                if seen.insert(id).inserted { rules.append(id) }
            }
            if name.hasSuffix(":") { break }
        }
        if let dash = word, Self.dashes.contains(dash) { word = words.next() }
        hasReason = word != nil
    }

    /// More rules than there are: a comment can name any number of others.
    private static let mostRules = 4096

    /// The words between the rules and the reason: a hyphen, an en dash and an em dash.
    private static let dashes: [Substring] = ["-", "\u{2013}", "\u{2014}"]
}

/// The words of a text, one after the other: a comment can be as long as a definition, and a reason is not read.
private struct Words: IteratorProtocol {
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) { rest = text[...].unicodeScalars }

    mutating func next() -> Substring? {
        guard let start = rest.firstIndex(where: { !Self.isBlank($0) }) else { return nil }
        rest = rest[start...]
        let end = rest.firstIndex(where: Self.isBlank) ?? rest.endIndex
        defer { rest = rest[end...] }
        return Substring(rest[..<end])
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? scalar.value == 0x20 || (0x09...0x0d).contains(scalar.value) : scalar.properties.isWhitespace
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
