import LibvirtWords
import Lint

/// Why an input that is no definition is not judged, as far as its bytes tell.
enum StrangeInput {
    /// The largest input that is excused: it is looked at as a whole.
    static let mostBytes = 16 << 20

    /// The roots of documents that hold domains.
    private static let domainRoots: Set<String> = ["domain", "domains", "domstatus", "domainsnapshot"]

    /// What takes the place of the error of an input that is not well-formed or refused; nil if the error stands.
    ///
    /// A template is one whoever named it. A document whose root is no domain's is passed over only if nobody named it.
    /// Nothing that libvirt could read as a domain is excused: a stranger would else hide a definition from every rule.
    ///
    /// - Parameter isIllFormed: the input is no well-formed XML, so that libvirt refuses it too.
    static func remark(on bytes: [UInt8], named name: String, wasFound: Bool, isIllFormed: Bool) -> Remark?? {
        guard hasPlainEncoding(bytes) else { return nil }
        guard isIllFormed else {
            // libvirt reads a document type, whose name need not be the root's.
            let isPassedOver = wasFound && rootName(of: bytes) != nil && !contains("domain", bytes)
            return isPassedOver ? .some(nil) : nil
        }
        if isText(bytes), let language = templateLanguage(of: withoutComments(bytes)) {
            return .some(.notJudged(what: name, reason: "it is a template (\(language))"))
        }
        guard wasFound, let root = root(of: bytes) else { return nil }
        if root.isDocumentType { return contains("domain", bytes) ? nil : .some(nil) }
        // A damaged name, or one that the input ends in, can be what is left of <domain>, whose end tag may still be there.
        guard isName(root.name), !root.isCutOff, !domainRoots.contains(root.name) else { return nil }
        let markup = withoutComments(bytes)
        return domainRoots.contains { markup.firstOccurrence(of: "</\($0)>".utf8) != nil } ? nil : .some(nil)
    }

    /// Whether a document's root is one that holds domains, as far as its first bytes tell.
    static func mayHoldDomains(_ bytes: [UInt8]) -> Bool { rootName(of: bytes).map { domainRoots.contains($0) } ?? true }

    /// Whether the root of the first document, as far as it is there, is one that holds domains.
    static func beginsWithDomain(_ bytes: [UInt8]) -> Bool { root(of: bytes).map { !$0.isCutOff && domainRoots.contains($0.name) } ?? false }

    /// Whether names are spelt in ASCII: the document declares no encoding, or one of those that begin with ASCII.
    private static func hasPlainEncoding(_ bytes: [UInt8]) -> Bool {
        let declaration = bytes.prefix { $0 != UInt8(ascii: ">") }
        guard let place = declaration.firstOccurrence(of: "encoding".utf8)?.upperBound else { return !bytes.prefix(4).contains(0) }
        let name = declaration[place...].drop { " \t\r\n='\"".utf8.contains($0) }.prefix { !"'\" \t\r\n?".utf8.contains($0) }
        return ["utf-8", "us-ascii", "iso-8859-1"].contains(String(decoding: name, as: UTF8.self).lowercased())
    }

    private static func isText(_ bytes: [UInt8]) -> Bool {
        !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    }

    /// The bytes without comments and CDATA sections, in which a template's marks are nothing but text. One that does not end
    /// goes on to the end.
    private static func withoutComments(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        var result: [UInt8] = []
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            let part = rest[start...]
            let end = part.starts(with: "<!--".utf8) ? "-->" : part.starts(with: "<![CDATA[".utf8) ? "]]>" : nil
            guard let end else {
                result += rest[...start]
                rest = rest[(start + 1)...]
                continue
            }
            result += rest[..<start]
            guard let after = part.firstOccurrence(of: end.utf8)?.upperBound else { return result }
            rest = rest[after...]
        }
        return result + rest
    }

    private static func contains(_ word: String, _ bytes: [UInt8]) -> Bool { bytes.firstOccurrence(of: word.utf8) != nil }

    /// Whether a name is undamaged, and in ASCII as all of libvirt's are. None begins with a digit or with punctuation.
    private static func isName(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a || byte == 0x5f }
        return name.utf8.first.map(isLetter) == true
            && name.utf8.allSatisfy { isLetter($0) || $0 >= 0x30 && $0 <= 0x3a || [0x2d, 0x2e].contains($0) }
    }

    /// The name of a document's root, or of its DOCTYPE, which must be the same; nil if there is none.
    static func rootName(of bytes: [UInt8]) -> String? { root(of: bytes)?.name }

    /// The index of the `<` of a document's root; nil if there is none, and if there is a DOCTYPE.
    static func rootStart(of bytes: [UInt8]) -> Int? {
        root(of: bytes).flatMap { $0.isDocumentType ? nil : $0.start }
    }

    private static func root(of bytes: [UInt8]) -> (start: Int, name: String, isDocumentType: Bool, isCutOff: Bool)? {
        var rest = bytes[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0d }
        func skip(past end: String) -> Bool {
            guard let mark = rest.firstOccurrence(of: end.utf8) else { return false }
            rest = rest[mark.upperBound...]
            return !rest.isEmpty
        }
        while true {
            rest = rest.drop(while: isSpace)
            if rest.starts(with: Array("<?".utf8)) {
                guard skip(past: "?>") else { return nil }
            } else if rest.starts(with: Array("<!--".utf8)) {
                guard skip(past: "-->") else { return nil }
            } else {
                let isDocumentType = rest.starts(with: Array("<!DOCTYPE".utf8))
                guard rest.first == UInt8(ascii: "<") else { return nil }
                let start = rest.startIndex
                rest = isDocumentType ? rest.dropFirst(9).drop(while: isSpace) : rest.dropFirst()
                let ends = isDocumentType ? ">/[" : ">/"
                let name = rest.prefix { !isSpace($0) && !ends.utf8.contains($0) }
                return name.isEmpty ? nil : (start, String(decoding: name, as: UTF8.self), isDocumentType, name.endIndex == bytes.endIndex)
            }
        }
    }
}
