import Oracle

/// The documents of a stream as the oracle finds them.
final class Stream {
    final class Document {
        let range: Range<Int>
        /// Where it is read from, and its places count from: behind comments that stand before an XML declaration.
        let origin: Int
        let units: oracle_units
        let extent: oracle_extent
        var read: oracle_document
        /// The encoding of a UTF-16 document that leaves it to the previous document to state it.
        let continued: UnsafePointer<CChar>?
        init(_ range: Range<Int>, from origin: Int, _ units: oracle_units, _ extent: oracle_extent, _ read: oracle_document, continued: UnsafePointer<CChar>?) {
            self.range = range
            self.origin = origin
            self.units = units
            self.extent = extent
            self.read = read
            self.continued = continued
        }
        deinit { oracle_free(&read) }

        var domains: UnsafeBufferPointer<oracle_domain> { UnsafeBufferPointer(start: read.domains, count: read.domain_count) }
        /// What is written or held back as one, as places in the stream.
        var parts: [Range<Int>] {
            switch read.kind {
            case ORACLE_OTHER: []
            case ORACLE_LIST: domains.map { origin + $0.start..<origin + $0.end }
            default: [range]
            }
        }
    }
    enum End {
        /// Nothing but white space, NULs, comments and instructions behind the last one.
        case clean
        /// No document at all.
        case nothing
        /// What begins there is none, in libxml2's words.
        case fault(at: Int, String)
    }

    private(set) var documents: [Document] = []
    private(set) var end = End.clean
    /// The properties of the document that begins where the fault is.
    private(set) var faulty = (units: ORACLE_BYTES, extent: oracle_extent(), continued: UnsafePointer<CChar>?.none)

    init(_ bytes: [UInt8]) {
        end = bytes.withUnsafeBytes { bytes in
            read(bytes.bindMemory(to: CChar.self))
        }
    }

    private func read(_ bytes: UnsafeBufferPointer<CChar>) -> End {
        var start = 0
        var before = ORACLE_BYTES
        while true {
            var place = start
            while place < bytes.count, Self.isSeparator(bytes[place]), !documents.isEmpty || bytes[place] != 0 { place += 1 }
            // The zero before a big-endian `<` is half of it.
            if before == ORACLE_BIG, (place - start) % 2 == 1 { place -= 1 }
            if place == bytes.count { return documents.isEmpty ? .nothing : .clean }
            if !documents.isEmpty { start = place }
            var (first, count) = (bytes.baseAddress! + start, bytes.count - start)
            var (units, encoding) = Self.encoding(UnsafeBufferPointer(start: first, count: count), behind: before)
            var extent = oracle_scan(first, count, units)
            var origin = start
            if !documents.isEmpty, extent.declaration > 0, Self.isOnlyMarkup(first, extent.declaration, units, encoding) {
                // Comments behind one document, then the next with its declaration.
                origin += extent.declaration
                (first, count) = (bytes.baseAddress! + origin, bytes.count - origin)
                (units, encoding) = Self.encoding(UnsafeBufferPointer(start: first, count: count), behind: ORACLE_BYTES)
                extent = oracle_scan(first, count, units)
            }
            if extent.has_root == 0, documents.isEmpty || !Self.isMark(first, count), Self.isOnlyMarkup(first, count, units, encoding) {
                return documents.isEmpty ? .nothing : .clean
            }
            var document = oracle_document()
            guard oracle_read(first, extent.end, units, encoding, &document) == 1 else {
                faulty = (units, extent, encoding)
                return .fault(at: start, document.words)
            }
            documents.append(Document(start..<origin + extent.end, from: origin, units, extent, document, continued: encoding))
            start = origin + extent.end
            before = units
        }
    }

    /// A byte order mark and blanks, which two readers may take for nothing or for the beginning of something.
    static func isMark(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBytes { isMark($0.bindMemory(to: CChar.self).baseAddress!, $0.count) }
    }

    /// A byte order mark is no markup: with nothing but blanks behind it, it begins a document.
    private static func isMark(_ bytes: UnsafePointer<CChar>, _ count: Int) -> Bool {
        let all = UnsafeBufferPointer(start: bytes, count: count)
        let first = all.prefix(3).map { UInt8(bitPattern: $0) }
        let mark = first == [0xef, 0xbb, 0xbf] ? 3 : first.starts(with: [0xff, 0xfe]) || first.starts(with: [0xfe, 0xff]) ? 2 : 0
        return mark > 0 && all.dropFirst(mark).allSatisfy(isSeparator)
    }

    private static func isSeparator(_ byte: CChar) -> Bool { [0x20, 0x09, 0x0a, 0x0d, 0].contains(byte) }

    /// Comments, instructions and white space: well-formed with a root behind them. An XML declaration or a document
    /// type would promise one.
    private static func isOnlyMarkup(
        _ bytes: UnsafePointer<CChar>?, _ count: Int, _ units: oracle_units, _ encoding: UnsafePointer<CChar>?
    ) -> Bool {
        var whole = Array(UnsafeBufferPointer(start: bytes, count: count))
        // Half a character that is white space by itself.
        if units != ORACLE_BYTES, count % 2 == 1, isSeparator(whole.last!) { whole.removeLast() }
        let declaration = encoded("<?xml", units)
        let mark = units == ORACLE_BYTES ? [0xef, 0xbb, 0xbf] : units == ORACLE_LITTLE ? [0xff, 0xfe] : [0xfe, 0xff] as [UInt8]
        let unmarked = whole.dropFirst(whole.starts(with: mark.map { CChar(bitPattern: $0) }) ? mark.count : 0)
        if unmarked.starts(with: declaration), unmarked.dropFirst(declaration.count).prefix(2).contains(where: { [0x20, 9, 10, 13].contains($0) }) {
            return false
        }
        whole += encoded("<x/>", units)
        var document = oracle_document()
        defer { oracle_free(&document) }
        return oracle_read(whole, whole.count, units, encoding, &document) == 1 && document.has_document_type == 0
    }

    /// The encoding that the first bytes show (XML 1.0, appendix F). A document in UTF-16 may leave out the byte order
    /// mark behind another.
    private static func encoding(_ bytes: UnsafeBufferPointer<CChar>, behind before: oracle_units) -> (oracle_units, UnsafePointer<CChar>?) {
        guard bytes.count >= 4 else { return (ORACLE_BYTES, nil) }
        let first = bytes.prefix(4).map { UInt8(bitPattern: $0) }
        if first[0] == 0xff, first[1] == 0xfe { return (ORACLE_LITTLE, nil) }
        if first[0] == 0xfe, first[1] == 0xff { return (ORACLE_BIG, nil) }
        if first == [0x3c, 0, 0x3f, 0] { return (ORACLE_LITTLE, nil) }
        if first == [0, 0x3c, 0, 0x3f] { return (ORACLE_BIG, nil) }
        if before == ORACLE_LITTLE, first[0] == 0x3c, first[1] == 0 { return (ORACLE_LITTLE, name("UTF-16LE")) }
        if before == ORACLE_BIG, first[0] == 0, first[1] == 0x3c { return (ORACLE_BIG, name("UTF-16BE")) }
        return (ORACLE_BYTES, nil)
    }

    /// Text that stays where it is.
    static func name(_ text: StaticString) -> UnsafePointer<CChar> { UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self) }

    static func encoded(_ text: StaticString, _ units: oracle_units) -> [CChar] {
        let plain = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount).map { CChar(bitPattern: $0) }
        if units == ORACLE_BYTES { return plain }
        return plain.flatMap { units == ORACLE_LITTLE ? [$0, 0] : [0, $0] }
    }
}

extension oracle_document {
    /// Why there is no tree.
    var words: String { withUnsafeBytes(of: message) { String(cString: $0.bindMemory(to: CChar.self).baseAddress!) } }
}

extension oracle_extent {
    /// What an XML declaration says that the document is in; empty for none.
    var encodingName: String { withUnsafeBytes(of: encoding) { String(cString: $0.bindMemory(to: CChar.self).baseAddress!) } }
}
