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
    var finishListedDomain: (ByteRange) throws -> Void = { _ in }

    private let state: UnsafeMutablePointer<SAXState>
    private var context: xmlParserCtxtPtr? { state.pointee.context }
    private var origin = 0
    private var thrown: (any Error)?
    /// It begins as an XML declaration does, in any encoding.
    private var beginsDeclared = false
    private var endsWithCarriageReturn = false

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
        endsWithCarriageReturn = false
        state.pointee.begin(at: offset, document)
        beginsDeclared = first.count == 4 && Self.beginningsOfDeclarations.contains(first.loadUnaligned(as: UInt32.self).bigEndian)
        virtcpu_xml_silence()
        let bytes = first.bindMemory(to: CChar.self)
        // Interned names survive a reset, so a stream of ever new names would fill the dictionary.
        if let context, xmlDictSize(context.pointee.dict) > 20_000 { retire() }
        if context == nil {
            var handler = SAXState.handler()
            guard let context = xmlCreatePushParserCtxt(&handler, state, nil, 0, nil) else { return lackMemory() }
            xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue))
            state.pointee.context = context
            state.pointee.builder.use(Vocabulary(context.pointee.dict))
        }
        // A new one too: what it has to say of these bytes, it says before its maker has returned it.
        if xmlCtxtResetPush(context, bytes.baseAddress, Int32(bytes.count), nil, nil) != 0 { return lackMemory() }
        state.pointee.namesAtBeginning = context.map { xmlDictSize($0.pointee.dict) } ?? 0
        if previous.unitWidth == 2, first.count == 4, let context {
            let little = first[0] == 0x3c && first[1] == 0 && first[2] != 0x3f
            let big = first[0] == 0 && first[1] == 0x3c && first[3] != 0x3f
            if little && previous == .utf16LittleEndian { xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF16LE) }
            if big && previous == .utf16BigEndian { xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF16BE) }
        }
    }

    private func lackMemory() {
        state.pointee.fault = Fault(message: "out of memory", offset: origin, kind: .tooLarge)
    }

    /// `<?xm` in UTF-8, `<?` in UTF-16.
    private static let beginningsOfDeclarations: [UInt32] = [0x3c3f_786d, 0x3c00_3f00, 0x003c_003f]

    /// - Parameter end: input offset behind these bytes.
    func parse(_ bytes: UnsafeRawBufferPointer, upTo end: Int, final: Bool) {
        guard let context, fault == nil else { return }
        state.pointee.given = end
        // A carriage return at the end is held back, in case a line feed follows.
        let heldBack = endsWithCarriageReturn ? state.pointee.encoding.unitWidth : 0
        let hasReadAll = end - state.pointee.consumedAtEnd <= heldBack
        let count = Int32(bytes.count)
        if bytes.count >= state.pointee.encoding.unitWidth {
            let last = bytes.count - state.pointee.encoding.unitWidth
            endsWithCarriageReturn = state.pointee.encoding.unit(in: bytes, at: last) == 0x0d
        }
        let code = xmlParseChunk(context, bytes.bindMemory(to: CChar.self).baseAddress, count, final ? 1 : 0)
        if documentEnd != nil || thrown != nil { return }
        if fault == nil, code < 0 || code == Int32(XML_ERR_INVALID_ENCODING.rawValue) {
            // It cannot go on, says so with nothing else, and takes what it has read for well-formed. UTF-8, known once the
            // document has begun, is not converted: there was no room for it.
            let lacksMemory = code < 0 && state.pointee.isDeclared != nil && encoding == .utf8
            state.pointee.record(
                code: lacksMemory ? Int32(XML_ERR_NO_MEMORY.rawValue) : code,
                message: "bytes that are no characters of the document's encoding")
        }
        if code != 0, fault == nil, context.pointee.wellFormed == 0 {
            state.pointee.record(code: code, message: nil)
        }
        if final, hasReadAll, !state.pointee.sawRoot, !isPromised, let found = fault, found.code == 4 || found.code == 5 {
            // Nothing but comments and white space up to the end of the stream.
            state.pointee.fault = nil
            retire()
            return
        }
        if fault == nil {
            // Moves the pair of equal places on before the buffer shifts.
            state.pointee.consumedAtEnd = state.pointee.offset(context.pointee.input.pointee.cur)
            state.pointee.refuseGrowth()
        }
        if fault != nil { retire() }
    }

    /// What was read of the document so far says that there is one.
    private var isPromised: Bool { (state.pointee.isDeclared ?? beginsDeclared) || state.pointee.sawDocumentType }

    /// A context that saw an error is not used again.
    private func retire() {
        guard let context else { return }
        // Where an entity is declared libxml2 makes a tree for it, which is the caller's to free: 12 kB each.
        if let tree = context.pointee.myDoc { xmlFreeDoc(tree) }
        context.pointee.myDoc = nil
        xmlFreeParserCtxt(context)
        state.pointee.context = nil
    }

    func rethrow() throws {
        if let thrown {
            retire()
            throw thrown
        }
    }

    /// Called by the callbacks, inside the parse.
    func listedDomainEnded(_ span: ByteRange) {
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
    /// where the next one starts, unless another has begun already: with a declaration or a document type.
    func restartAtDeclaration(canRestart: Bool) -> Int? {
        guard canRestart, !state.pointee.sawRoot, !isPromised, let fault, fault.code == Int32(XML_ERR_RESERVED_XML_NAME.rawValue),
            let place = state.pointee.lateDeclaration, place > origin
        else { return nil }
        return place
    }
}
