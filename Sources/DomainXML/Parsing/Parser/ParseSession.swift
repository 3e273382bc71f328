internal import CLibXML2

/// One libxml2 push parser, which reads all documents of a stream, one after another.
///
/// The parser is reset for each document instead of created anew, because creating one is slow compared with parsing a
/// definition.
final class ParseSession {
    let document = Document()

    private let state: UnsafeMutablePointer<SAXState>
    private var context: xmlParserCtxtPtr? { state.pointee.context }
    /// The input offset of the document's first byte.
    private var origin = 0
    /// Whether the first four bytes are the beginning of an XML declaration, in any encoding.
    private var beginsDeclared = false
    private var endsWithCarriageReturn = false

    private let options: Int32

    /// - Parameter ignoresEncoding: the documents are UTF-8, whatever their XML declarations say.
    init(ignoresEncoding: Bool) {
        options = Int32(XML_PARSE_NONET.rawValue) | (ignoresEncoding ? Int32(XML_PARSE_IGNORE_ENC.rawValue) : 0)
        xmlInitParser()
        state = .allocate(capacity: 1)
        state.initialize(to: SAXState())
    }

    deinit {
        retire()
        state.pointee.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Sets the function that is called with the span of each complete domain of a `<domains>` list, during the parse.
    func onListedDomain(_ finish: @escaping (ByteRange) throws -> Void) {
        state.pointee.finishListedDomain = finish
    }

    // MARK: Documents

    /// Begins a document with its first bytes, at most four, from which libxml2 detects the encoding.
    ///
    /// - Parameters:
    ///   - offset: the input offset of the first byte.
    ///   - previous: the encoding of the previous document. A document that looks like UTF-16 and has no byte order
    ///     mark is assumed to have the same encoding.
    func begin(at offset: Int, first: UnsafeRawBufferPointer, assuming previous: DocumentEncoding) {
        origin = offset
        endsWithCarriageReturn = false
        state.pointee.begin(at: offset, document)
        beginsDeclared =
            first.count == 4 && Self.beginningsOfDeclarations.contains(first.loadUnaligned(as: UInt32.self).bigEndian)
        virtcpu_xml_silence()
        let bytes = first.bindMemory(to: CChar.self)
        // A reset keeps the dictionary, which would grow without bound if every document had other names.
        if let context, xmlDictSize(context.pointee.dict) > 20_000 { retire() }
        if context == nil {
            var handler = SAXHandler.make()
            guard let context = xmlCreatePushParserCtxt(&handler, state, nil, 0, nil) else { return lackMemory() }
            xmlCtxtUseOptions(context, options)
            state.pointee.context = context
            state.pointee.builder.use(InternedNames(context.pointee.dict))
        }
        // A new parser is reset too: if it were created with these bytes, it would report errors in them before
        // `state.pointee.context` is set.
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
        state.pointee.fault = ParsingFault(message: "out of memory", offset: origin, kind: .tooLarge)
    }

    /// `<?xm` in UTF-8, and `<?` in UTF-16.
    private static let beginningsOfDeclarations: [UInt32] = [0x3c3f_786d, 0x3c00_3f00, 0x003c_003f]

    /// Parses the next bytes of the document. ``fault``, ``documentEnd`` and ``rethrow()`` tell the result.
    ///
    /// - Parameters:
    ///   - end: the input offset after these bytes.
    ///   - final: whether the input ends with these bytes.
    func parse(_ bytes: UnsafeRawBufferPointer, upTo end: Int, final: Bool) {
        guard let context, fault == nil else { return }
        state.pointee.given = end
        // libxml2 holds back a carriage return at the end of a slice, in case a line feed follows.
        let heldBack = endsWithCarriageReturn ? state.pointee.encoding.unitWidth : 0
        let hasReadAll = end - state.pointee.consumedAtEnd <= heldBack
        let count = Int32(bytes.count)
        if bytes.count >= state.pointee.encoding.unitWidth {
            let last = bytes.count - state.pointee.encoding.unitWidth
            endsWithCarriageReturn = state.pointee.encoding.unit(in: bytes, at: last) == 0x0d
        }
        let code = xmlParseChunk(context, bytes.bindMemory(to: CChar.self).baseAddress, count, final ? 1 : 0)
        if documentEnd != nil || state.pointee.thrown != nil { return }
        if fault == nil, code < 0 || code == Int32(XML_ERR_INVALID_ENCODING.rawValue) {
            // libxml2 cannot continue. This code is its only report of that, and it regards what it has read as
            // well-formed. The cause is a failed conversion or a lack of memory. UTF-8 is not converted, so if the
            // document is known to be UTF-8, memory was short.
            let lacksMemory = code < 0 && state.pointee.isDeclared != nil && encoding == .utf8
            state.pointee.record(
                code: lacksMemory ? Int32(XML_ERR_NO_MEMORY.rawValue) : code,
                message: "bytes that are not valid in the document's encoding")
        }
        if code != 0, fault == nil, context.pointee.wellFormed == 0 {
            state.pointee.record(code: code, message: nil)
        }
        if final, hasReadAll, !state.pointee.sawRoot, !requiresRoot, let fault, fault.isMissingRoot {
            // The input ended after comments and white space, without another document.
            state.pointee.fault = nil
            retire()
            return
        }
        if fault == nil {
            // This also moves the place that `PositionMap` remembers, before libxml2 discards what it has read.
            state.pointee.consumedAtEnd = state.pointee.offset(context.pointee.input.pointee.cur)
            state.pointee.refuseGrowth()
        }
        if fault != nil { retire() }
    }

    /// Whether an XML declaration or a DOCTYPE was seen, so that the end of input before a root element is an error.
    private var requiresRoot: Bool { (state.pointee.isDeclared ?? beginsDeclared) || state.pointee.sawDocumentType }

    /// Frees the parser. A parser that has reported an error is not used again.
    private func retire() {
        guard let context else { return }
        // libxml2 makes a tree for a document that declares entities, and the caller has to free it.
        if let tree = context.pointee.myDoc { xmlFreeDoc(tree) }
        context.pointee.myDoc = nil
        xmlFreeParserCtxt(context)
        state.pointee.context = nil
    }

    /// Throws the error that a listed domain's handler threw during the last `parse`, if any.
    func rethrow() throws {
        if let thrown = state.pointee.thrown {
            retire()
            throw thrown
        }
    }

    // MARK: Results

    var fault: ParsingFault? { state.pointee.fault }
    /// The input offset after the document's root; nil before its end.
    var documentEnd: Int? { state.pointee.documentEnd }
    /// The document's encoding. Before it is known, this is UTF-8.
    var encoding: DocumentEncoding { state.pointee.encoding }

    /// The input offset up to which the parser has read.
    var consumedOffset: Int { documentEnd ?? state.pointee.consumedAtEnd }

    /// Whether the document's bytes are handed on as they come, because it is a list of domains or contains none.
    var passesThrough: Bool { state.pointee.sawRoot && state.pointee.builder.root.passesThrough }

    /// The input offset of the open domain of a list; nil outside such a domain.
    var currentDomainStart: Int? {
        state.pointee.builder.root == .list ? state.pointee.builder.openDomainStart : nil
    }

    /// The input offset of an XML declaration that follows a comment or white space. The next document begins there.
    /// Nil when there is no such declaration, in the first document of a stream (`canRestart` is false), and when the
    /// present document already has a declaration, a DOCTYPE or a root.
    func restartAtDeclaration(canRestart: Bool) -> Int? {
        guard canRestart, !state.pointee.sawRoot, !requiresRoot, let fault,
            fault.code == Int32(XML_ERR_RESERVED_XML_NAME.rawValue),
            let place = state.pointee.lateDeclaration, place > origin
        else { return nil }
        return place
    }
}
