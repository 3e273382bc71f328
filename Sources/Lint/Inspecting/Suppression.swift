import DomainXML

/// A comment inside a domain that suppresses findings of some rules: `<!-- virt-cpu: ignore RULE, RULE - REASON -->`.
///
/// The reason follows ` - `, ` – `, ` — ` or `:`. An XML comment cannot contain `--`.
struct Suppression {
    var span: ByteRange
    var rules: [String]
    var reason: String
    /// The number of findings that the comment has hidden.
    var hidden = 0

    /// The suppression comments of a domain.
    static func read(_ domain: Domain) -> [Suppression] {
        domain.comments.compactMap { comment in
            let isOurs = domain.withUTF8(comment.text) { bytes in
                bytes.contains(0x3a)
                    && startsWith(UnsafeBufferPointer(rebasing: bytes.drop { isBlank($0) }), "virt-cpu:")
            }
            return isOurs ? Suppression(domain[comment.text], at: comment.span) : nil
        }
    }

    private init?(_ text: String, at span: ByteRange) {
        let words = text.split(whereSeparator: \.isWhitespace).dropFirst()
        guard words.first == "ignore" else { return nil }
        self.span = span
        rules = []
        var rest = words.dropFirst()
        while let word = rest.first, !Self.dashes.contains(word) {
            rest = rest.dropFirst()
            let ids = word.split(whereSeparator: { $0 == "," || $0 == ":" }).map(String.init)
            rules += ids
            if word.hasSuffix(":") { break }
        }
        if let first = rest.first, Self.dashes.contains(first) { rest = rest.dropFirst() }
        reason = rest.joined(separator: " ")
    }

    /// The words between the rules and the reason: a hyphen, an en dash and an em dash.
    private static let dashes: [Substring] = ["-", "\u{2013}", "\u{2014}"]
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
