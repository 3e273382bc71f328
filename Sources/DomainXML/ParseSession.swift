internal import CLibXML2
import Glibc

/// One libxml2 push parser, restarted for every document of a stream.
///
/// The restart matters: a new context per document costs a third of the parse.
final class ParseSession {
    struct Fault {
        var message: String
        var offset: Int
        var kind: MalformedInput.Kind
        var code: Int32 = 0
    }

    /// Where the held bytes are, for documents finished inside a callback.
    struct Region {
        var start: UnsafeMutableRawPointer
        var offset: Int
        var counter: LineCounter
    }

    let document = Document()
    /// Called for each domain of a `<domains>` list, inside the parse.
    var finishListedDomain: (Span) throws -> Void = { _ in }
    var region: Region?

    private var context: xmlParserCtxtPtr?
    private var saxState: UnsafeMutablePointer<SAXState>
    private(set) var builder = DomainBuilder()

    // About the current document
    private(set) var fault: Fault?
    private(set) var documentEnd: Int?
    private(set) var encoding = DocumentEncoding.utf8
    private var positions = PositionMap(origin: 0)
    private var origin = 0
    private var sawRoot = false
    private var stopped = false
    private var thrown: (any Error)?
    private var consumedAtEnd = 0

    init() {
        xmlInitParser()
        saxState = .allocate(capacity: 1)
        saxState.initialize(to: SAXState())
        saxState.pointee.session = Unmanaged.passUnretained(self)
    }

    deinit {
        if let context { xmlFreeParserCtxt(context) }
        saxState.deinitialize(count: 1)
        saxState.deallocate()
    }

    // MARK: Documents

    /// Starts afresh at a document's first bytes, up to four: what libxml2 detects the encoding from.
    ///
    /// - Parameter assuming: the encoding of the document before, for UTF-16 without another byte order mark.
    func begin(at offset: Int, first: UnsafeRawBufferPointer, assuming previous: DocumentEncoding) {
        fault = nil
        documentEnd = nil
        encoding = .utf8
        origin = offset
        positions = PositionMap(origin: offset)
        sawRoot = false
        stopped = false
        thrown = nil
        consumedAtEnd = offset
        saxState.pointee.skip = 0
        saxState.pointee.collecting = false
        builder.beginDocument(document)
        // Errors of character conversion have no context to go to and would be printed on stderr.
        xmlSetStructuredErrorFunc(nil) { _, _ in }
        let bytes = first.bindMemory(to: CChar.self)
        // Interned names survive a reset, so a stream of ever new names would fill the dictionary.
        if let context, xmlDictSize(context.pointee.dict) > 20_000 {
            xmlFreeParserCtxt(context)
            self.context = nil
        }
        if let context {
            xmlCtxtResetPush(context, bytes.baseAddress, Int32(bytes.count), nil, nil)
        } else {
            var handler = SAXState.handler()
            context = xmlCreatePushParserCtxt(&handler, saxState, bytes.baseAddress, Int32(bytes.count), nil)
            xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue))
            saxState.pointee.context = context
            builder.vocabulary = Vocabulary(context!.pointee.dict)
        }
        if previous.unitWidth == 2, first.count == 4, let context {
            let little = first[0] == 0x3c && first[1] == 0 && first[2] != 0x3f
            let big = first[0] == 0 && first[1] == 0x3c && first[3] != 0x3f
            if little && previous == .utf16LittleEndian { xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF16LE) }
            if big && previous == .utf16BigEndian { xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF16BE) }
        }
    }

    /// - Parameter end: input offset behind these bytes.
    func parse(_ bytes: UnsafeRawBufferPointer, upTo end: Int, final: Bool) {
        guard let context, fault == nil else { return }
        let hasReadAll = consumedAtEnd == end
        let count = Int32(bytes.count)
        let code = xmlParseChunk(context, bytes.bindMemory(to: CChar.self).baseAddress, count, final ? 1 : 0)
        if documentEnd != nil || thrown != nil { return }
        if code != 0, fault == nil, context.pointee.wellFormed == 0 {
            record(code: code, message: nil)
        }
        if final, hasReadAll, !sawRoot, let found = fault, found.code == 4 || found.code == 5 {
            // Nothing but comments and white space up to the end of the stream.
            fault = nil
            retire()
            return
        }
        if fault == nil {
            // Moves the pair of equal places on before the buffer shifts.
            consumedAtEnd = positions.offset(context.pointee.input.pointee.cur, context)
        } else {
            retire()
        }
    }

    /// A context that saw an error is not used again.
    private func retire() {
        if let context { xmlFreeParserCtxt(context) }
        context = nil
        saxState.pointee.context = nil
    }

    func rethrow() throws {
        if let thrown {
            retire()
            throw thrown
        }
    }

    /// Input offset up to which the parser has read.
    var consumedOffset: Int { documentEnd ?? consumedAtEnd }

    /// The document's bytes are handed on as they come: it is no domain, or a list of them.
    var passesThrough: Bool { sawRoot && builder.root.passesThrough }

    /// Start of the domain that is being read in a list.
    var currentDomainStart: Int? { builder.root == .list ? builder.openDomainStart : nil }

    /// Where an XML declaration stands that came too late in the prolog; behind an earlier document that is
    /// where the next one starts.
    func restartAtDeclaration(canRestart: Bool) -> Int? {
        guard canRestart, !sawRoot, let fault, fault.code == Int32(XML_ERR_RESERVED_XML_NAME.rawValue),
            let place = lateDeclaration, place > origin
        else { return nil }
        return place
    }
    private var lateDeclaration: Int?

    // MARK: Called by the callbacks

    func started() {
        guard let context else { return }
        guard let found = DocumentEncoding.of(context) else {
            let name = context.pointee.input.pointee.buf.pointee.encoder.pointee.name.map { String(cString: $0) }
            return refuse("the encoding \(name ?? "of the document") is not supported: convert it to UTF-8")
        }
        encoding = found
        positions.start(found, context)
    }

    func startElement(
        _ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?,
        _ attributes: AttributeList
    ) {
        sawRoot = true
        let node = builder.node(name, prefix: prefix, uri: uri)
        guard node != .nothing, node != .otherRoot else {
            builder.noteRoot(node)
            saxState.pointee.skip = 1
            saxState.pointee.deepest = Int32(maximumDepth + 1 - builder.depth)
            return
        }
        let input = context!.pointee.input!
        let cur = input.pointee.cur!
        let open = memrchr(input.pointee.base, 0x3c, cur - input.pointee.base)!.assumingMemoryBound(to: UInt8.self)
        let start = offset(open)
        let reader = AttributeReader(list: attributes, tag: open, session: self)
        let isEmpty = cur.pointee == 0x2f
        builder.start(node, named: name, at: start, isEmpty: isEmpty, reader)
        builder.startTagEnded(at: offset(cur + (isEmpty ? 2 : 1)))
        saxState.pointee.collecting = builder.isCollecting
    }

    func endElement() {
        let input = context!.pointee.input!
        let cur = input.pointee.cur!
        var close = -1
        if !builder.openIsEmpty {
            let tag = memrchr(input.pointee.base, 0x3c, cur - input.pointee.base)!.assumingMemoryBound(to: UInt8.self)
            close = offset(tag)
        }
        let end = offset(cur)
        let listed = builder.end(at: end, closeTag: close)
        saxState.pointee.collecting = builder.isCollecting
        if let listed {
            do { try finishListedDomain(listed) } catch {
                thrown = error
                stop()
            }
            builder.listedDomainFinished()
        }
    }

    /// Called at the end of the root, on its very `>`.
    func rootEnded() {
        documentEnd = positions.offset(context!.pointee.input.pointee.cur, context!)
        builder.endDocument()
        stop()
    }

    var depthIsZero: Bool { builder.depth == 0 }

    func characters(_ bytes: UnsafeBufferPointer<UInt8>) {
        builder.append(bytes)
    }

    func comment(_ text: UnsafePointer<xmlChar>) {
        guard builder.isInDomain, let context else { return }
        let input = context.pointee.input!
        let cur = input.pointee.cur!
        let end = offset(cur)
        // `--` cannot stand inside a comment, so the last `<!--` is its start.
        var place = cur
        while let found = memrchr(input.pointee.base, 0x3c, place - input.pointee.base) {
            place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
            if cur - place >= 7, place[1] == 0x21, place[2] == 0x2d, place[3] == 0x2d {
                return builder.comment(Span(offset(place), end), text)
            }
        }
    }

    func processingInstruction(_ target: UnsafePointer<xmlChar>, _ data: UnsafePointer<xmlChar>?) {
        guard builder.isInCPU, let context else { return }
        let input = context.pointee.input!
        let cur = input.pointee.cur!
        let end = offset(cur)
        let least = 4 + strlen(target) + (data.map { strlen($0) } ?? 0)
        var place = cur
        while let found = memrchr(input.pointee.base, 0x3c, place - input.pointee.base) {
            place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
            if cur - place >= least, place[1] == 0x3f {
                return builder.processingInstruction(Span(offset(place), end))
            }
        }
    }

    /// Stops at a declaration that could make the document mean something else than its text.
    func refuse(_ message: String) {
        guard fault == nil, let context else { return }
        fault = Fault(message: message, offset: offset(context.pointee.input.pointee.cur), kind: .refused)
        stop()
    }

    func failed(_ error: UnsafePointer<xmlError>) {
        guard error.pointee.level == XML_ERR_FATAL, fault == nil, !stopped else { return }
        record(code: error.pointee.code, message: error.pointee.message.map { String(cString: $0) })
    }

    private func record(code: Int32, message: String?) {
        guard fault == nil, let context, let input = context.pointee.input else { return }
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
        case Int32(XML_ERR_DOCUMENT_EMPTY.rawValue): "not XML: a document starts with '<'"
        case Int32(XML_ERR_DOCUMENT_END.rawValue): "the input ends inside a document"
        default: message ?? "not well-formed"
        }
        text = text.split(separator: "\n").first.map(String.init) ?? text
        if let hint = text.range(ofSuffix: " use XML_PARSE_HUGE option") { text.removeSubrange(hint) }
        fault = Fault(message: text, offset: place, kind: .malformed, code: code)
    }

    /// The input offset of a place in libxml2's buffer.
    func offset(_ place: UnsafePointer<UInt8>) -> Int { positions.offset(place, context!) }

    var buffer: (base: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
        let input = context!.pointee.input!
        return (input.pointee.base, input.pointee.end)
    }

    private func stop() {
        stopped = true
        xmlStopParser(context)
    }
}

extension String {
    fileprivate func range(ofSuffix suffix: String) -> Range<String.Index>? {
        guard hasSuffix(suffix) else { return nil }
        return index(endIndex, offsetBy: -suffix.count)..<endIndex
    }
}
