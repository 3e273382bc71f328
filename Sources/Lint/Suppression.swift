import DomainXML

/// `<!-- virt-cpu: ignore RULE, RULE - REASON -->` inside a domain: findings of these rules are not reported for it.
///
/// The reason follows ` - `, ` — ` or `:`. (`--` cannot stand in an XML comment.)
struct Suppression {
    var span: ByteRange
    var rules: [String]
    var reason: String
    /// Findings that it hid.
    var hidden = 0

    static func read(_ domain: Domain) -> [Suppression] {
        domain.comments.compactMap { comment in
            let isOurs = domain.withUTF8(comment.text) { bytes in
                bytes.contains(0x3a) && startsWith(UnsafeBufferPointer(rebasing: bytes.drop { isBlank($0) }), "virt-cpu:")
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
        while let word = rest.first, word != "-", word != "\u{2013}", word != "\u{2014}" {
            rest = rest.dropFirst()
            let ids = word.split(whereSeparator: { $0 == "," || $0 == ":" }).map(String.init)
            rules += ids
            if word.hasSuffix(":") { break }
        }
        if let first = rest.first, ["-", "\u{2013}", "\u{2014}"].contains(first) { rest = rest.dropFirst() }
        reason = rest.joined(separator: " ")
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
