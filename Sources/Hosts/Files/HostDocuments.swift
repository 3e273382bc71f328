import XMLTree

/// The XML documents of a file such as `virsh capabilities; virsh domcapabilities` writes. XML declarations, comments
/// and white space may stand between them.
///
/// libxml2 reads one document at a time. The end of each document is found by counting tags in one pass over the bytes.
/// libxml2 then decides whether the document is well-formed.
struct HostDocuments {
    private let bytes: [UInt8]
    private let file: String

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// Reads every document.
    ///
    /// - Throws: `HostError` for a document that is not well-formed, UTF-16, an empty file and too many documents.
    func read() throws(HostError) -> [HostDocument] {
        if isWide {
            throw HostError(file: file, line: 1, column: 1, message: "UTF-16 is not supported for host files: save the file as UTF-8")
        }
        let parts = try pieces()
        guard !parts.isEmpty else { throw HostError(file: file, line: 1, column: 1, message: "the file is empty") }
        if parts.count > HostLimits.documents {
            throw HostError(
                file: file, line: 1, column: 1,
                message: "more than \(HostLimits.documents) documents in one host file")
        }
        var documents: [HostDocument] = []
        var (line, last) = (1, 0)
        for part in parts {
            line += newlines(in: last..<part.lowerBound)
            last = part.lowerBound
            documents.append(try document(part, startLine: line))
        }
        return documents
    }

    private func document(_ part: Range<Int>, startLine line: Int) throws(HostError) -> HostDocument {
        do {
            return HostDocument(root: try XMLElement(parsing: Array(bytes[part])), lineOffset: line - 1)
        } catch {
            // libxml2 counts from the start of the document, which need not be the start of a line.
            let before = error.line == 1 ? bytes[..<part.lowerBound].reversed().prefix { $0 != UInt8(ascii: "\n") }.count : 0
            throw HostError(
                file: file, line: line + error.line - 1, column: before + max(error.column, 1), message: error.message)
        }
    }

    private func newlines(in range: Range<Int>) -> Int {
        bytes[range].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    }

    /// The file is in UTF-16 or UTF-32, in which tags cannot be counted by bytes. virsh does not print these.
    private var isWide: Bool {
        bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) || bytes.prefix(4).contains(0)
    }

    // MARK: Where documents end

    /// The range of each document, from its first byte that is not white space. The last one may have no end.
    private func pieces() throws(HostError) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = skippingSpace(from: 0)
        while start < bytes.count, pieces.count <= HostLimits.documents {
            let end = try endOfDocument(from: start)
            let next = skippingSpace(from: end)
            // The rest of the file has no element: comments, or bytes that are not XML. It belongs to the last
            // document.
            if let last = pieces.last, end == bytes.count, try !hasElement(start..<end) {
                pieces[pieces.count - 1] = last.lowerBound..<end
            } else {
                pieces.append(start..<end)
            }
            start = next
        }
        return pieces
    }

    private func skippingSpace(from start: Int) -> Int {
        bytes[start...].firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } ?? bytes.count
    }

    /// Whether there is a tag, and not only comments, declarations and text.
    private func hasElement(_ range: Range<Int>) throws(HostError) -> Bool {
        var place = range.lowerBound
        while let open = bytes[place..<range.upperBound].firstIndex(of: UInt8(ascii: "<")) {
            guard let markup = try markup(at: open) else { return true }
            if markup.kind != .other { return true }
            place = min(markup.end, range.upperBound)
        }
        return false
    }

    /// The place after the end tag of the root element that begins at or after `start`, or the end of the file.
    private func endOfDocument(from start: Int) throws(HostError) -> Int {
        var depth = 0
        var place = start
        while let open = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            guard let markup = try markup(at: open) else { return bytes.count }
            place = markup.end
            switch markup.kind {
            case .start: depth += 1
            case .end: depth -= 1
            case .empty, .other: break
            }
            if depth <= 0, markup.kind == .end || markup.kind == .empty { return place }
        }
        return bytes.count
    }

    private enum Markup {
        /// A start tag, an end tag, or the tag of an empty element.
        case start, end, empty
        /// A comment, a CDATA section, a processing instruction or a declaration.
        case other
    }

    /// The kind and the end of the markup that the `<` at `open` begins; nil when the markup has no end.
    private func markup(at open: Int) throws(HostError) -> (kind: Markup, end: Int)? {
        let rest = bytes[(open + 1)...]
        if rest.starts(with: "!--".utf8) { return (.other, try endOfComment(openedAt: open)) }
        if rest.starts(with: "![CDATA[".utf8) { return end(after: "]]>", from: open + 9).map { (.other, $0) } }
        if rest.first == UInt8(ascii: "?") { return end(after: "?>", from: open + 2).map { (.other, $0) } }
        // A document type declaration. The XML reader refuses it later.
        if rest.first == UInt8(ascii: "!") { return end(after: ">", from: open + 2).map { (.other, $0) } }
        var quote: UInt8?
        var attributes = 0
        for place in rest.indices {
            switch bytes[place] {
            case let byte where byte == quote:
                quote = nil
                attributes += 1
                guard attributes <= HostLimits.attributes else {
                    throw error("more than \(HostLimits.attributes) attributes in a start tag", at: open)
                }
            case _ where quote != nil: continue
            case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = bytes[place]
            case UInt8(ascii: ">"):
                if rest.first == UInt8(ascii: "/") { return (.end, place + 1) }
                return (bytes[place - 1] == UInt8(ascii: "/") ? .empty : .start, place + 1)
            default: continue
            }
        }
        return nil
    }

    /// The end of a comment, which must not contain `--`. This is checked here because libxml2 2.9 reports each `--`
    /// and takes time quadratic in their number.
    private func endOfComment(openedAt open: Int) throws(HostError) -> Int {
        let end = end(after: "--", from: open + 4)
        if let end, end < bytes.count, bytes[end] == UInt8(ascii: ">") { return end + 1 }
        throw error(end == nil ? "the comment is not closed" : "a comment cannot contain '--'", at: open)
    }

    private func error(_ message: String, at place: Int) -> HostError {
        let line = newlines(in: 0..<place) + 1
        let column = bytes[..<place].reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return HostError(file: file, line: line, column: column, message: message)
    }

    /// The place after the first `mark`; nil when there is none.
    private func end(after mark: StaticString, from start: Int) -> Int? {
        let count = mark.utf8CodeUnitCount
        var place = start
        while place + count <= bytes.count {
            if (0..<count).allSatisfy({ bytes[place + $0] == mark.utf8Start[$0] }) { return place + count }
            place += 1
        }
        return nil
    }
}
