internal import CLibXML2

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

    let document = Document()
    /// Called for each domain of a `<domains>` list, inside the parse.
    var finishListedDomain: (Span) throws -> Void = { _ in }

    private let state: UnsafeMutablePointer<SAXState>
    private var context: xmlParserCtxtPtr? { state.pointee.context }
    private var origin = 0
    private var thrown: (any Error)?
    /// An XML declaration promises a document.
    private var isDeclared = false

    init() {
        xmlInitParser()
        state = .allocate(capacity: 1)
        state.initialize(to: SAXState())
        state.pointee.session = Unmanaged.passUnretained(self)
    }

    deinit {
        retire()
        state.pointee.builder.deallocate()
        state.pointee.positions.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    // MARK: Documents

    /// Starts afresh at a document's first bytes, up to four: what libxml2 detects the encoding from.
    ///
    /// - Parameter assuming: the encoding of the document before, for UTF-16 without another byte order mark.
    func begin(at offset: Int, first: UnsafeRawBufferPointer, assuming previous: DocumentEncoding) {
        origin = offset
        thrown = nil
        state.pointee.begin(at: offset, document)
        isDeclared = first.count == 4 && first.loadUnaligned(as: UInt32.self).bigEndian == 0x3c3f_786d  // <?xm
        // Errors of character conversion have no context to go to and would be printed on stderr.
        xmlSetStructuredErrorFunc(nil) { _, _ in }
        let bytes = first.bindMemory(to: CChar.self)
        // Interned names survive a reset, so a stream of ever new names would fill the dictionary.
        if let context, xmlDictSize(context.pointee.dict) > 20_000 { retire() }
        if let context {
            xmlCtxtResetPush(context, bytes.baseAddress, Int32(bytes.count), nil, nil)
        } else {
            var handler = SAXState.handler()
            let context = xmlCreatePushParserCtxt(&handler, state, bytes.baseAddress, Int32(bytes.count), nil)!
            xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue))
            state.pointee.context = context
            state.pointee.builder.use(Vocabulary(context.pointee.dict))
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
        state.pointee.given = end
        let hasReadAll = state.pointee.consumedAtEnd == end
        let count = Int32(bytes.count)
        let code = xmlParseChunk(context, bytes.bindMemory(to: CChar.self).baseAddress, count, final ? 1 : 0)
        if documentEnd != nil || thrown != nil { return }
        if code != 0, fault == nil, context.pointee.wellFormed == 0 {
            state.pointee.record(code: code, message: nil)
        }
        if final, hasReadAll, !state.pointee.sawRoot, !isDeclared, let found = fault, found.code == 4 || found.code == 5 {
            // Nothing but comments and white space up to the end of the stream.
            state.pointee.fault = nil
            retire()
            return
        }
        if fault == nil {
            // Moves the pair of equal places on before the buffer shifts.
            state.pointee.consumedAtEnd = state.pointee.offset(context.pointee.input.pointee.cur)
        } else {
            retire()
        }
    }

    /// A context that saw an error is not used again.
    private func retire() {
        if let context {
            // libxml2 puts declared entities into a document of its own, and when pushed leaves it to the caller.
            if let document = context.pointee.myDoc { xmlFreeDoc(document) }
            xmlFreeParserCtxt(context)
        }
        state.pointee.context = nil
    }

    func rethrow() throws {
        if let thrown {
            retire()
            throw thrown
        }
    }

    /// Called by the callbacks, inside the parse.
    func listedDomainEnded(_ span: Span) {
        do { try finishListedDomain(span) } catch {
            thrown = error
            state.pointee.stop()
        }
        state.pointee.builder.listedDomainFinished()
    }

    // MARK: What was seen

    var fault: Fault? { state.pointee.fault }
    var documentEnd: Int? { state.pointee.documentEnd }
    var encoding: DocumentEncoding { state.pointee.encoding }

    /// Input offset up to which the parser has read.
    var consumedOffset: Int { documentEnd ?? state.pointee.consumedAtEnd }

    /// The document's bytes are handed on as they come: it is no domain, or a list of them.
    var passesThrough: Bool { state.pointee.sawRoot && state.pointee.builder.root.passesThrough }

    /// Start of the domain that is being read in a list.
    var currentDomainStart: Int? {
        state.pointee.builder.root == .list ? state.pointee.builder.openDomainStart : nil
    }

    /// Where an XML declaration stands that came too late in the prolog; behind an earlier document that is
    /// where the next one starts.
    func restartAtDeclaration(canRestart: Bool) -> Int? {
        guard canRestart, !state.pointee.sawRoot, let fault, fault.code == Int32(XML_ERR_RESERVED_XML_NAME.rawValue),
            let place = state.pointee.lateDeclaration, place > origin
        else { return nil }
        return place
    }
}
