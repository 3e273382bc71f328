internal import CLibXML2
import Glibc

/// As deep as libxml2 lets libvirt read. libxml2 itself counts only where it builds a tree.
let maximumDepth = 257

// What libxml2 or a reader keeps of a document, and what libxml2 takes quadratic time for. No definition has a hundredth of it.

/// Features, comments and other parts of one domain of which each is kept.
let maximumParts = 65_536
/// Domains of a document that is held as a whole: libvirt's have one, or two.
let maximumDomains = 16
/// Attributes of an element, and namespaces in scope: libxml2 compares each with each.
let maximumAttributes = 1024
/// Different names in one document: libxml2 keeps them all, in a table that ends to grow.
let maximumNames = 65_536
/// Bytes of a document type: each element that is declared is compared with each of its contents.
let maximumDocumentType = 64 << 10

/// What libxml2's callbacks see and change: a struct behind a pointer, so that an event costs no retain, release or
/// exclusivity check. With the same fields in a class, those were a quarter of the whole filter.
struct SAXState {
    /// Depth below the outermost element that nobody asks about; 0 outside one.
    var skip: Int32 = 0
    /// The `skip` at which elements are nested too deep.
    var deepest: Int32 = 0
    var context: xmlParserCtxtPtr?
    var session: Unmanaged<ParseSession>?
    var builder = DomainBuilder()
    /// Of its own, so that attributes can be located while the rest of the state is being changed.
    let positions: UnsafeMutablePointer<PositionMap>

    private var known = KnownEncodings()

    // About the current document
    var fault: ParseSession.Fault?
    var documentEnd: Int?
    var encoding = DocumentEncoding.utf8
    var sawRoot = false
    /// It promises a document.
    var sawDocumentType = false
    /// As does an XML declaration; nil where it is not known yet whether there is one.
    var isDeclared: Bool?
    var stopped = false
    var consumedAtEnd = 0
    /// Names that were known before the document.
    var namesAtBeginning: Int32 = 0
    /// Behind the last byte that the parser was given.
    var given = 0
    /// Where an XML declaration stands that came too late in the prolog.
    var lateDeclaration: Int?
    /// Text is wanted: the handler is set.
    private var isListening = false

    init() {
        positions = .allocate(capacity: 1)
        positions.initialize(to: PositionMap(origin: 0))
    }

    mutating func begin(at offset: Int, _ document: Document) {
        fault = nil
        documentEnd = nil
        lateDeclaration = nil
        encoding = .utf8
        positions.pointee = PositionMap(origin: offset)
        sawRoot = false
        sawDocumentType = false
        isDeclared = nil
        stopped = false
        consumedAtEnd = offset
        skip = 0
        builder.beginDocument(document)
    }

    /// The input offset of a place in libxml2's buffer.
    @inline(__always)
    func offset(_ place: UnsafePointer<UInt8>) -> Int { positions.pointee.offset(place, context!) }

    // MARK: Elements

    mutating func started() {
        guard let context else { return }
        isListening = false
        listen()
        // -1 is no declaration, and -2 one that does not speak of it.
        isDeclared = context.pointee.standalone != -1
        guard let found = known.encoding(of: context) else {
            let name = context.pointee.input.pointee.buf.pointee.encoder.pointee.name.map { String(cString: $0) }
            return refuse("the encoding \(name ?? "of the document") is not supported: convert it to UTF-8")
        }
        encoding = found
        positions.pointee.start(found, context)
    }

    mutating func startElement(
        _ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?,
        _ attributes: AttributeList
    ) {
        sawRoot = true
        let node = builder.node(name, prefix: prefix, uri: uri)
        guard node != .nothing, node != .otherRoot else {
            builder.noteRoot(node)
            skip = 1
            deepest = Int32(maximumDepth + 1 - builder.depth)
            return
        }
        if node == .domain, builder.hasAllDomains {
            return refuse("more than \(maximumDomains) domains in one document that is not <domains>", at: tagStart)
        }
        let context = context!
        let input = context.pointee.input!
        let base = input.pointee.base!, cur = input.pointee.cur!
        let open = memrchr(base, 0x3c, cur - base)!.assumingMemoryBound(to: UInt8.self)
        let reader = AttributeReader(
            list: attributes, tag: open, base: base, end: input.pointee.end, positions: positions, context: context)
        let isEmpty = cur.pointee == 0x2f
        var element = Element.none
        element.span.start = reader.offset(open)
        element.startTag = ByteRange(element.span.start, reader.offset(cur + (isEmpty ? 2 : 1)))
        element.content = ByteRange(element.startTag.end, element.startTag.end)
        element.isEmptyTag = isEmpty
        builder.start(node, named: name, element, reader)
        listen()
    }

    /// - Returns: the span of a domain that is complete in a list.
    mutating func endElement() -> ByteRange? {
        let input = context!.pointee.input!
        let cur = input.pointee.cur!
        var close = -1
        if !builder.openIsEmpty {
            let base = input.pointee.base!
            close = offset(memrchr(base, 0x3c, cur - base)!.assumingMemoryBound(to: UInt8.self))
        }
        let listed = builder.end(at: offset(cur), closeTag: close)
        listen()
        refuseManyParts()
        return listed
    }

    /// libxml2 calls for text only while somebody collects it: there is more text than anything else. Its question
    /// whether text is ignorable is not asked while both handlers are the same.
    private mutating func listen() {
        guard builder.isCollecting != isListening, let sax = context?.pointee.sax else { return }
        isListening = builder.isCollecting
        sax.pointee.characters = isListening ? Self.text : nil
        sax.pointee.ignorableWhitespace = sax.pointee.characters
    }

    /// Called at the end of the root, on its very `>`.
    mutating func rootEnded() {
        documentEnd = offset(context!.pointee.input.pointee.cur)
        builder.endDocument()
        stop()
    }

    mutating func stop() {
        stopped = true
        xmlStopParser(context)
    }

    // MARK: Comments and the rest

    mutating func comment(_ text: UnsafePointer<xmlChar>) {
        guard builder.isInDomain, let context else { return }
        let input = context.pointee.input!
        let cur = input.pointee.cur!
        let end = offset(cur)
        // `--` cannot stand inside a comment, so the last `<!--` is its start.
        var place = cur
        while let found = memrchr(input.pointee.base, 0x3c, place - input.pointee.base) {
            place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
            if cur - place >= 7, place[1] == 0x21, place[2] == 0x2d, place[3] == 0x2d {
                builder.comment(ByteRange(offset(place), end), text)
                return refuseManyParts()
            }
        }
    }

    mutating func processingInstruction(_ target: UnsafePointer<xmlChar>, _ data: UnsafePointer<xmlChar>?) {
        guard let context else { return }
        // libxml2's push parser takes a `]>` in it for the document type's end, where the input is cut behind it: whether
        // the document is well-formed would be a matter of chance.
        if context.pointee.inSubset != 0 { return refuse("a processing instruction in a document type is refused") }
        guard builder.isInCPU else { return }
        let input = context.pointee.input!
        let cur = input.pointee.cur!
        let end = offset(cur)
        let least = 4 + strlen(target) + (data.map { strlen($0) } ?? 0)
        var place = cur
        while let found = memrchr(input.pointee.base, 0x3c, place - input.pointee.base) {
            place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
            if cur - place >= least, place[1] == 0x3f {
                builder.processingInstruction(ByteRange(offset(place), end))
                return refuseManyParts()
            }
        }
    }

    // MARK: Faults

    /// Stops at a declaration that could make the document mean something else than its text.
    ///
    /// - Parameter place: input offset; nil for where the parser stands.
    mutating func refuse(_ message: String, at place: Int? = nil) {
        guard fault == nil, let context else { return }
        fault = ParseSession.Fault(
            message: message, offset: place ?? offset(context.pointee.input.pointee.cur), kind: .refused)
        stop()
    }

    private mutating func refuseManyParts() {
        guard builder.partCount > maximumParts else { return }
        refuse("more than \(maximumParts) features, comments and other parts in a domain")
    }

    /// Where the start tag that was just read begins.
    private var tagStart: Int {
        let input = context!.pointee.input!
        return offset(memrchr(input.pointee.base, 0x3c, input.pointee.cur - input.pointee.base)!.assumingMemoryBound(to: UInt8.self))
    }

    /// - Parameters: of the start tag that was just read.
    /// - Returns: whether they are too many; nothing more comes of the parser then.
    mutating func refusesMany(namespaces: Int, attributes: Int) -> Bool {
        if namespaces + attributes > maximumAttributes {
            refuse(PendingMarkup.manyAttributes, at: tagStart)
            return true
        }
        // Each was two entries before libxml2 2.12.
        guard Int(context!.pointee.nsNr) / (LIBXML_VERSION < 21200 ? 2 : 1) > maximumAttributes else { return false }
        refuse("more than \(maximumAttributes) namespaces in one place", at: tagStart)
        return true
    }

    /// Looks at what only the parser knows the size of, between two slices.
    mutating func refuseGrowth() {
        guard let context else { return }
        if context.pointee.inSubset != 0, given - consumedAtEnd > maximumDocumentType {
            refuse(PendingMarkup.documentType)
        }
        if xmlDictSize(context.pointee.dict) - namesAtBeginning > maximumNames {
            refuse("more than \(maximumNames) names of elements and attributes in one document")
        }
    }

    mutating func failed(_ error: UnsafePointer<xmlError>) {
        guard error.pointee.level == XML_ERR_FATAL, fault == nil, !stopped else { return }
        record(code: error.pointee.code, message: error.pointee.message.map { String(cString: $0) })
    }

    mutating func record(code: Int32, message: String?) {
        guard fault == nil, let context, let input = context.pointee.input else { return }
        // A buffer that could not grow has no content any more. libxml2 goes on without it, and finds what it lacks.
        let lacksMemory = code == Int32(XML_ERR_NO_MEMORY.rawValue) || input.pointee.buf.map { xmlBufContent($0.pointee.buffer) == nil } ?? false
        var place = consumedAtEnd
        if input.pointee.base != nil, input.pointee.cur != nil, input.pointee.end > input.pointee.base {
            place = offset(input.pointee.cur)
            if code == Int32(XML_ERR_RESERVED_XML_NAME.rawValue),
                let found = memrchr(input.pointee.base, 0x3c, input.pointee.cur - input.pointee.base)
            {
                lateDeclaration = offset(UnsafePointer(found.assumingMemoryBound(to: UInt8.self)))
            }
        }
        // Of the two, libxml2 says "Document is empty" and "Extra content at the end of the document".
        var text = switch code {
        case _ where lacksMemory: "out of memory"
        case Int32(XML_ERR_DOCUMENT_EMPTY.rawValue): "not XML: a document starts with '<'"
        case Int32(XML_ERR_DOCUMENT_END.rawValue): "the input ends inside a document"
        default: message ?? "not well-formed"
        }
        text = text.split(separator: "\n").first.map(String.init) ?? text
        let hint = " use XML_PARSE_HUGE option"
        if text.hasSuffix(hint) { text.removeLast(hint.count) }
        if code == Int32(XML_ERR_DOCUMENT_END.rawValue) { place = given }
        if text.hasSuffix("Huge input lookup") { text = "more than 10 MB without the end of a tag, a value or a comment" }
        fault = ParseSession.Fault(message: text, offset: place, kind: lacksMemory ? .tooLarge : .malformed, code: code)
    }
}
