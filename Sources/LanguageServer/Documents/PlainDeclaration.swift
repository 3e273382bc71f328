import LibvirtWords

/// The XML declaration of a text that an editor has decoded: its `encoding` says how the file is stored, but the server gets
/// UTF-8.
enum PlainDeclaration {
    /// Encodings of files that the reader supports (`KnownEncodings`), by the beginnings of their names.
    private static let names = ["utf-16", "utf16", "iso-8859-", "windows-125", "cp125", "koi8-", "us-ascii", "latin"]

    /// The text with blanks in place of such an `encoding`, so that offsets stay. Other encodings stay: if the reader refuses
    /// the file, it refuses the text.
    static func plain(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: "<?xml".utf8), let end = bytes.prefix(512).firstOccurrence(of: "?>".utf8)?.lowerBound,
            let word = bytes[..<end].firstOccurrence(of: "encoding".utf8)
        else { return bytes }
        var rest = bytes[word.upperBound..<end]
        func skipBlanks() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d } }
        skipBlanks()
        guard rest.popFirst() == UInt8(ascii: "=") else { return bytes }
        skipBlanks()
        guard let quote = rest.popFirst(), quote == 0x22 || quote == 0x27, let close = rest.firstIndex(of: quote) else { return bytes }
        let name = String(decoding: rest[..<close], as: UTF8.self).lowercased()
        guard names.contains(where: name.hasPrefix) else { return bytes }
        var plain = bytes
        for place in word.lowerBound...close { plain[place] = 0x20 }
        return plain
    }
}
