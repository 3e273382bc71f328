internal import CLibXML2
import Glibc

/// What libxml2's callbacks read and change.
///
/// This is a struct behind a pointer and not a class, so that an event costs no retain and no release. The owner calls `deallocate()`.
struct SAXState {
    /// The depth below the outermost element that is not read, counting that element; 0 outside such an element.
    var skip: Int32 = 0
    /// The value of `skip` at which elements are nested too deep.
    var deepest: Int32 = 0
    var context: xmlParserCtxtPtr?
    var builder = DomainBuilder()
    /// Kept behind a pointer of its own, so that attributes can be located while the rest of the state is being
    /// changed.
    private let positions: UnsafeMutablePointer<PositionMap>
    private var known = KnownEncodings()
    /// Takes each complete domain of a `<domains>` list, during the parse.
    var finishListedDomain: (ByteRange) throws -> Void = { _ in }

    // The current document
    var fault: ParsingFault?
    /// What `finishListedDomain` threw.
    var thrown: (any Error)?
    /// The input offset after the root; nil before its end.
    var documentEnd: Int?
    var encoding = DocumentEncoding.utf8
    var sawRoot = false
    /// Whether a DOCTYPE was seen.
    var sawDocumentType = false
    /// Whether the document begins with an XML declaration; nil as long as that is not known.
    var isDeclared: Bool?
    private var stopped = false
    /// The input offset up to which the parser had read at the end of the last slice.
    var consumedAtEnd = 0
    /// The number of names in the parser's dictionary when the document began.
    var namesAtBeginning: Int32 = 0
    /// The input offset after the last byte that the parser was given.
    var given = 0
    /// The input offset of an XML declaration that follows something else in the prolog.
    var lateDeclaration: Int?
    /// Whether libxml2 calls the text handler at present.
    private(set) var isListening = false

    init() {
        positions = .allocate(capacity: 1)
        positions.initialize(to: PositionMap(origin: 0))
    }

    func deallocate() {
        builder.deallocate()
        positions.deallocate()
    }

    mutating func begin(at offset: Int, _ document: Document) {
        fault = nil
        thrown = nil
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

    /// The last `<` before a place in libxml2's buffer; nil when there is none.
    @inline(__always)
    private static func lastOpening(
        before place: UnsafePointer<UInt8>, in input: xmlParserInputPtr
    ) -> UnsafePointer<UInt8>? {
        let base = input.pointee.base!
        guard let found = memrchr(base, 0x3c, place - base) else { return nil }
        return UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
    }

    // MARK: Elements

    /// Called when libxml2 has read the XML declaration and knows the encoding.
    mutating func started() {
        guard let context else { return }
        isListening = false
        listen()
        // -1 means that there is no declaration, and -2 that it does not mention `standalone`.
        isDeclared = context.pointee.standalone != -1
        guard let found = known.encoding(of: context) else {
            let name = context.pointee.input.pointee.buf.pointee.encoder.pointee.name.map { String(cString: $0) }
            return refuse(ParsingFault.unsupportedEncoding(name))
        }
        encoding = found
        positions.pointee.start(found, context)
    }

    mutating func startElement(
        _ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?,
        _ attributes: AttributeList
    ) {
        sawRoot = true
        var kind = builder.kind(name, prefix: prefix, uri: uri)
        if kind == .domain, uri != nil, builder.isForeign(attributes) { kind = .otherRoot }
        guard kind != .nothing, kind != .otherRoot else {
            builder.noteRoot(kind)
            if builder.isCollecting { builder.enterValue() }
            skip = 1
            deepest = Int32(maximumDepth + 1 - builder.depth)
            return
        }
        if kind == .domain, builder.domainCount >= maximumDomains {
            return refuse(
                "more than \(maximumDomains) domains in one document whose root is not <domains>", at: tagStart)
        }
        let context = context!
        let input = context.pointee.input!
        let cur = input.pointee.cur!
        let open = Self.lastOpening(before: cur, in: input)!
        let reader = AttributeReader(
            list: attributes, tag: open, base: input.pointee.base!, end: input.pointee.end, positions: positions,
            context: context)
        let isEmpty = cur.pointee == 0x2f
        var element = Element.none
        element.span.start = reader.offset(open)
        element.startTag = ByteRange(element.span.start, reader.offset(cur + (isEmpty ? 2 : 1)))
        element.content = ByteRange(element.startTag.end, element.startTag.end)
        element.isEmptyTag = isEmpty
        builder.start(kind, named: name, element, reader)
        if kind == .domain, uri != nil { builder.noteNamespaceOfDomain() }
        if kind == .kvm, builder.kvmCount > 1 {
            refuse("a second <kvm>: libvirt 9.0 reads only the last one, and newer releases read all: merge them", at: tagStart)
        }
        if kind == .hyperv, builder.hypervCount > 1, builder.passesHyperVThrough {
            refuse("a second <hyperv>, where one has mode='passthrough': libvirt 9.0 reads what is in that one, and newer releases do not: remove one of them", at: tagStart)
        }
        if kind == .cpuNuma, builder.isCPUIgnored {
            refuse("a <numa> in a second <cpu>: libvirt reads the cells of every <cpu>: merge them into the first one", at: tagStart)
        }
        listen()
    }

    /// - Returns: the span of a domain that is complete in a list; nil for all other elements.
    mutating func endElement() -> ByteRange? {
        let input = context!.pointee.input!
        let cur = input.pointee.cur!
        let close = builder.isOpenTagEmpty ? -1 : offset(Self.lastOpening(before: cur, in: input)!)
        let listed = builder.end(at: offset(cur), closeTag: close)
        listen()
        refuseManyParts()
        return listed
    }

    /// Makes libxml2 call the text handler only while the builder collects text, because documents contain more text
    /// than anything else. The same function handles ignorable white space, so that libxml2 does not examine whether
    /// white space is ignorable.
    private mutating func listen() {
        guard builder.isCollecting != isListening, let sax = context?.pointee.sax else { return }
        isListening = builder.isCollecting
        sax.pointee.characters = isListening ? Self.text : nil
        sax.pointee.ignorableWhitespace = sax.pointee.characters
    }

    /// libxml2's callback for text.
    static let text: charactersSAXFunc = { raw, bytes, count in
        let state = saxState(raw)
        guard state.pointee.builder.isCollecting else { return }
        let context = state.pointee.context!
        let input = context.pointee.input!
        let text = UnsafeBufferPointer(start: bytes, count: Int(count)), place = input.pointee.cur!
        var source = BlankText.Source.buffer
        var next = bytes! + text.count
        if bytes! < input.pointee.base || bytes! > input.pointee.end {
            // libxml2 has just read the semicolon of a reference, which stands for one character.
            let isReference = place > input.pointee.base && place[-1] == 0x3b && (count == 1 || text.last != 0x3b)
            source = isReference ? .reference : .copy
            next = place
        }
        state.pointee.builder.append(
            text, from: source, isPreserved: context.pointee.space?.pointee == 1, isBeforeCarriageReturn: next.pointee == 0x0d)
        state.pointee.refuseLongValue()
    }

    /// libxml2's callback for CDATA.
    static let cdata: cdataBlockSAXFunc = { raw, bytes, count in
        let state = saxState(raw)
        guard state.pointee.builder.isCollecting else { return }
        let opening: StaticString = "<![CDATA["
        let length = opening.utf8CodeUnitCount
        let input = state.pointee.context!.pointee.input!
        // An empty section is not in the buffer.
        let isBeginning = count == 0 || bytes! - input.pointee.base >= length && memcmp(bytes! - length, opening.utf8Start, length) == 0
        state.pointee.builder.appendCDATA(UnsafeBufferPointer(start: bytes, count: Int(count)), isBeginning: isBeginning)
        state.pointee.refuseLongValue()
    }

    private mutating func refuseLongValue() {
        guard let start = builder.startOfValue(longerThan: maximumValue) else { return }
        refuse("a value is longer than \(maximumValue) bytes", at: start)
    }

    /// Called at the end of the root. The parser's place is the byte after its `>`.
    mutating func rootEnded() {
        documentEnd = offset(context!.pointee.input.pointee.cur)
        builder.endDocument()
        stop()
    }

    mutating func stop() {
        stopped = true
        xmlStopParser(context)
    }

    // MARK: Comments and processing instructions

    mutating func comment(_ text: UnsafePointer<xmlChar>) {
        guard builder.isInDomain, let context, let input = context.pointee.input else { return }
        // A comment cannot contain `--`, so the last `<!--` is its start. Its shortest form is `<!---->`.
        guard let start = Self.lastOpening("<!--", ofAtLeast: 7, before: input.pointee.cur, in: input) else { return }
        let end = offset(input.pointee.cur)
        builder.comment(ByteRange(offset(start), end), text)
        refuseManyParts()
    }

    mutating func processingInstruction(_ target: UnsafePointer<xmlChar>, _ data: UnsafePointer<xmlChar>?) {
        guard let context, let input = context.pointee.input else { return }
        // When the input is cut after a `]>` in a processing instruction, libxml2's push parser takes that for the end
        // of the document type. Whether the document is well-formed would depend on where it is cut.
        if context.pointee.inSubset != 0 { return refuse("a processing instruction in a DOCTYPE is not allowed") }
        if builder.isCollecting { builder.noteMarkup() }
        guard builder.isInCPU else { return }
        let least = 4 + strlen(target) + (data.map { strlen($0) } ?? 0)
        guard let start = Self.lastOpening("<?", ofAtLeast: least, before: input.pointee.cur, in: input) else { return }
        let end = offset(input.pointee.cur)
        builder.processingInstruction(ByteRange(offset(start), end))
        refuseManyParts()
    }

    /// The start of the markup that ends at `end` in libxml2's buffer: the last occurrence of `opening` that is at
    /// least `count` bytes before `end`.
    private static func lastOpening(
        _ opening: StaticString, ofAtLeast count: Int, before end: UnsafePointer<UInt8>, in input: xmlParserInputPtr
    ) -> UnsafePointer<UInt8>? {
        var place = end
        while let found = lastOpening(before: place, in: input) {
            place = found
            if end - place >= count, memcmp(place, opening.utf8Start, opening.utf8CodeUnitCount) == 0 { return place }
        }
        return nil
    }

    // MARK: Faults

    /// Reports a fault and stops the parser.
    ///
    /// - Parameter place: an input offset; nil for the parser's present place.
    mutating func refuse(_ message: String, at place: Int? = nil) {
        guard fault == nil, let context else { return }
        fault = ParsingFault(
            message: message, offset: place ?? offset(context.pointee.input.pointee.cur), kind: .refused)
        stop()
    }

    private mutating func refuseManyParts() {
        guard builder.partCount > maximumParts else { return }
        refuse("more than \(maximumParts) features, comments and other parts in a domain")
    }

    /// The input offset of the start tag that was just read.
    private var tagStart: Int {
        let input = context!.pointee.input!
        return offset(Self.lastOpening(before: input.pointee.cur, in: input)!)
    }

    /// Refuses a start tag with too many namespaces or attributes.
    ///
    /// - Returns: whether the tag was refused. If so, libxml2 calls no further handlers.
    mutating func refusesMany(namespaces: Int, attributes: Int) -> Bool {
        if namespaces + attributes > maximumAttributes {
            refuse(PendingMarkup.manyAttributes, at: tagStart)
            return true
        }
        // Before libxml2 2.12, `nsNr` counted two for each namespace.
        guard Int(context!.pointee.nsNr) / (LIBXML_VERSION < 21200 ? 2 : 1) > maximumAttributes else { return false }
        refuse("more than \(maximumAttributes) namespaces in scope", at: tagStart)
        return true
    }

    /// Refuses a document that has made libxml2's own data too large. Call this between two slices.
    mutating func refuseGrowth() {
        guard let context else { return }
        if context.pointee.inSubset != 0, given - consumedAtEnd > maximumDocumentType {
            refuse(PendingMarkup.longDocumentType)
        }
        if xmlDictSize(context.pointee.dict) - namesAtBeginning > maximumNames {
            refuse("more than \(maximumNames) different names of elements and attributes in one document")
        }
    }

    /// libxml2's callback for errors and warnings.
    mutating func failed(_ error: UnsafePointer<xmlError>) {
        guard error.pointee.level == XML_ERR_FATAL, fault == nil, !stopped else { return }
        record(code: error.pointee.code, message: error.pointee.message.map { String(cString: $0) })
    }

    /// Records the first error of libxml2 as the fault, at the parser's present place.
    mutating func record(code: Int32, message: String?) {
        guard fault == nil, let context, let input = context.pointee.input else { return }
        // A buffer that could not grow has no content. libxml2 continues without the content and reports an error about
        // the text that is then missing, although the cause is a lack of memory.
        let lacksMemory =
            code == Int32(XML_ERR_NO_MEMORY.rawValue)
            || input.pointee.buf.map { xmlBufContent($0.pointee.buffer) == nil } ?? false
        var place = consumedAtEnd
        if input.pointee.base != nil, let cur = input.pointee.cur, input.pointee.end > input.pointee.base {
            place = offset(cur)
            if code == Int32(XML_ERR_RESERVED_XML_NAME.rawValue) {
                lateDeclaration = Self.lastOpening(before: cur, in: input).map { offset($0) } ?? lateDeclaration
            }
        }
        if code == Int32(XML_ERR_DOCUMENT_END.rawValue) { place = given }
        fault = ParsingFault(
            message: ParsingFault.message(code: code, message, lacksMemory: lacksMemory), offset: place,
            kind: lacksMemory ? .tooLarge : .malformed, code: code)
    }
}

/// The state that libxml2 hands to a callback as its first argument.
@inline(__always)
func saxState(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<SAXState> {
    raw!.assumingMemoryBound(to: SAXState.self)
}
