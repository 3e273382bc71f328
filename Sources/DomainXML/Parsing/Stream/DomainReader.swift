/// Reads a stream of documents in chunks, and hands out each domain with the place of its parts.
///
/// A stream may contain several documents, one after another, with or without XML declarations, and with white space or
/// NUL bytes between them. The reader's memory depends on the largest single document and not on the length of the
/// stream.
///
/// On the threads that call the reader, libxml2's error functions are set to functions that do nothing. Errors are
/// reported as ``MalformedInput``.
///
/// A handler must not call the reader that calls it.
public final class DomainReader {
    /// The default limit of a single document, in bytes.
    public static let defaultMaximumDomainSize = 64 << 20

    private let maximumDomainSize: Int
    private var handler: (any DomainStreamHandler)?
    private var held = HeldBytes()
    private let session: ParseSession

    private enum State { case between, inside, failed }
    private var state = State.between
    /// The offset of the first byte that the parser was not given yet.
    private var fed = 0
    private var documentsSeen = 0
    private var rootsSeen = 0
    /// Whether the last document before the present place was not written.
    public private(set) var lastWasDropped = false
    /// The number of separators between the place of the last `resume` and the first document after it.
    private var leadingSeparators = 0
    /// Whether no document has begun since the last `resume`.
    private var isLeading = false
    private var lastEncoding = DocumentEncoding.utf8
    /// The pending markup that was last searched for faults. More of the same is not searched from its start again.
    private var searched = ByteRange(0, 0)

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - maximumDomainSize: the limit in bytes of one document or, in a list, of one `<domain>`.
    ///   - isUTF8: the stream is known to be UTF-8, so that the encodings which XML declarations name do not count. libvirt
    ///     reads every definition in this way.
    ///   - handler: receives the stream. The reader holds it strongly, and calls it only while ``read(upTo:_:)``,
    ///     ``feed(_:)``, ``finish()`` or ``read(stretch:at:isLast:)`` runs. With nil, call ``restart(for:)`` before
    ///     reading.
    public init(maximumDomainSize: Int = defaultMaximumDomainSize, isUTF8: Bool = false, handler: (any DomainStreamHandler)? = nil) {
        self.maximumDomainSize = maximumDomainSize
        self.handler = handler
        session = ParseSession(ignoresEncoding: isUTF8)
        session.onListedDomain { [unowned self] in try self.finish(region: $0) }
    }

    deinit { held.deallocate() }

    /// Reads up to `count` bytes with `fill`, which returns the number of bytes that it wrote, or 0 at the end of the
    /// stream.
    ///
    /// - Returns: false at the end of the stream. Call ``finish()`` then.
    /// - Throws: what `fill` throws, and whatever ``feed(_:)`` throws.
    public func read(upTo count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Bool {
        let got = try fill(held.room(for: count))
        guard got > 0 else { return false }
        held.added(got)
        try advance(final: false)
        return true
    }

    /// Reads the next bytes of the stream.
    ///
    /// - Throws: ``MalformedInput``, or what the handler throws. After an error the reader ignores all further bytes.
    public func feed(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        held.room(for: bytes.count).copyMemory(from: bytes)
        held.added(bytes.count)
        try advance(final: false)
    }

    /// Ends the stream.
    ///
    /// - Throws: ``MalformedInput`` when a document is incomplete or when the stream has no document, and what the
    ///   handler throws.
    public func finish() throws {
        try advance(final: true)
        if rootsSeen == 0 {
            throw MalformedInput(
                message: "no XML document in the input", position: held.counter.position, kind: .noDocument)
        }
        if held.end > held.start { try passThrough(to: held.end) }
    }

    // MARK: Continuing elsewhere

    /// The present place, if it is between two documents and the one before it was UTF-8; nil otherwise.
    public var place: StreamPlace? {
        guard state == .between, held.isEmpty, lastEncoding == .utf8 else { return nil }
        return held.place
    }

    /// The place after all bytes that the reader was given, counted as UTF-8.
    public var end: StreamPlace {
        held.place.advanced(over: held.bytes(ByteRange(held.start, held.end)))
    }

    /// The result of reading one stretch of a stream.
    public struct Stretch: Sendable {
        /// The end of the stretch, if it is between two documents and the one before it was UTF-8; nil otherwise.
        public var end: StreamPlace?
        /// The number of separators (white space and NUL bytes) before the first document.
        public var leadingSeparators: Int
        /// Whether a document began in the stretch.
        public var hasDocument: Bool
        /// Whether the last document was not written.
        public var lastWasDropped: Bool
        /// ``MalformedInput``, or what the handler threw; nil for success.
        public var error: (any Error)?
    }

    /// Reads one stretch of a stream without copying it. The stretch is assumed to begin between two documents, after
    /// one in UTF-8.
    ///
    /// The reader forgets what it has read before, and afterwards also what it has read of the stretch. Continue with
    /// ``resume(at:lastWasDropped:)`` or with another stretch.
    ///
    /// - Parameters:
    ///   - bytes: neither changed nor kept.
    ///   - place: the place of the first byte in the stream.
    ///   - isLast: whether the stream ends with the stretch.
    public func read(stretch bytes: UnsafeRawBufferPointer, at place: StreamPlace, isLast: Bool) -> Stretch {
        resume(at: place)
        held.borrow(bytes)
        defer { held.endBorrowing() }
        var stretch = Stretch(leadingSeparators: 0, hasDocument: false, lastWasDropped: false)
        do {
            try advance(final: false)
            if isLast { try finish() }
        } catch {
            stretch.error = error
        }
        stretch.end = self.place
        stretch.leadingSeparators = leadingSeparators
        stretch.hasDocument = !isLeading
        stretch.lastWasDropped = lastWasDropped
        return stretch
    }

    /// Forgets everything that was read, and continues at a place that is assumed to be between two documents, after
    /// one in UTF-8.
    ///
    /// - Parameters:
    ///   - place: the place of the next byte that the reader will be given.
    ///   - lastWasDropped: whether the document before that place was not written.
    public func resume(at place: StreamPlace, lastWasDropped: Bool = false) {
        begin(at: place, documentsSeen: 1, lastWasDropped: lastWasDropped)
    }

    /// Forgets everything that was read, and begins another stream for another handler. This is much cheaper than
    /// making another reader.
    ///
    /// - Parameter handler: receives the stream; nil releases the last handler, and nothing can be read then.
    public func restart(for handler: (any DomainStreamHandler)?) {
        self.handler = handler
        held.shrink()
        begin(at: .beginning, documentsSeen: 0, lastWasDropped: false)
    }

    private func begin(at place: StreamPlace, documentsSeen: Int, lastWasDropped: Bool) {
        held.restart(at: place)
        fed = place.offset
        state = .between
        self.documentsSeen = documentsSeen
        rootsSeen = documentsSeen
        self.lastWasDropped = lastWasDropped
        lastEncoding = .utf8
        leadingSeparators = 0
        isLeading = documentsSeen > 0
    }

    // MARK: Handing on

    private func release(to offset: Int) {
        held.release(to: offset, state == .inside ? session.encoding : lastEncoding)
    }

    private func passThrough(to offset: Int) throws {
        guard offset > held.start else { return }
        try handler!.passThrough(held.bytes(ByteRange(held.start, offset)))
        release(to: offset)
    }

    /// Hands on the bytes before the open domain, in documents that are not held as a whole.
    private func passOutside() throws {
        guard session.passesThrough else { return }
        try passThrough(to: session.currentDomainStart ?? min(session.consumedOffset, fed))
    }

    /// Hands a complete document to the handler and releases its bytes.
    ///
    /// - Returns: whether the handler wrote the document.
    @discardableResult
    private func finish(region: ByteRange) throws -> Bool {
        if region.start > held.start { try passThrough(to: region.start) }
        let document = session.document
        document.encoding = session.encoding
        document.span = region
        document.start = held.bytes(ByteRange(held.start, held.start)).baseAddress
        document.counter = held.counter
        if let reason = document.encodingFault { throw malformed(reason, at: region.start, .refused) }
        let written = try handler!.document(document)
        release(to: region.end)
        return written
    }

    // MARK: Documents

    /// Parses the held bytes as far as possible.
    private func advance(final: Bool) throws {
        guard state != .failed else { return }
        do {
            while true {
                switch state {
                case .between: if try !beginDocument(final: final) { return }
                case .inside: if try !continueDocument(final: final) { return }
                case .failed: return
                }
            }
        } catch {
            state = .failed
            throw error
        }
    }

    /// Begins the next document. The separators before it are dropped if the document before them was dropped, and
    /// passed through otherwise.
    ///
    /// - Returns: false when more input is needed.
    private func beginDocument(final: Bool) throws -> Bool {
        var start = fed
        if documentsSeen > 0 {
            while start < held.end, isSeparator(held.byte(at: start)) { start += 1 }
            // In big-endian UTF-16, the zero before a `<` is half of that character and not a separator.
            if lastEncoding == .utf16BigEndian, (start - fed) % 2 == 1 { start -= 1 }
            // In little-endian UTF-16, a line feed at the end may be half of a character whose other half comes next.
            if lastEncoding == .utf16LittleEndian, !final, start == held.end, (start - fed) % 2 == 1 { start -= 1 }
            if isLeading { leadingSeparators += start - fed }
            if lastWasDropped { release(to: start) } else { try passThrough(to: start) }
            fed = start
        }
        // libxml2 detects the encoding from the first four bytes. Parsing begins only when more follow, because four
        // blanks are not a document.
        guard held.end - start > 4 || (final && held.end > start) else { return false }
        if final, (start..<held.end).allSatisfy({ isSeparator(held.byte(at: $0)) && held.byte(at: $0) != 0 }) {
            return false
        }
        documentsSeen += 1
        isLeading = false
        beginParsing(at: start, assuming: lastEncoding)
        state = .inside
        return true
    }

    private func isSeparator(_ byte: UInt8) -> Bool {
        isXMLSpace(byte) || byte == 0
    }

    private func beginParsing(at start: Int, assuming encoding: DocumentEncoding) {
        let end = min(start + 4, held.end)
        session.begin(at: start, first: held.bytes(ByteRange(start, end)), assuming: encoding)
        fed = end
        searched = ByteRange(start, start)
    }

    /// Gives the parser one slice of the held bytes.
    ///
    /// - Returns: false when more input is needed.
    private func continueDocument(final: Bool) throws -> Bool {
        let available = held.end - fed
        guard available > 0 || final else { return false }
        let slice = try sliceLength(available)
        session.parse(held.bytes(ByteRange(fed, fed + slice)), upTo: fed + slice, final: slice == 0)
        fed += slice
        try session.rethrow()
        if let restart = session.restartAtDeclaration(canRestart: documentsSeen > 1) {
            // A comment follows the last document, and the next document begins after it with an XML declaration.
            beginParsing(at: restart, assuming: .utf8)
            return true
        }
        if let fault = session.fault {
            let error = malformed(fault.message, at: fault.offset, fault.kind)
            // The bytes before the open domain of a list are handed on before the error is thrown, so that the output
            // does not depend on how the input is divided into chunks.
            if let start = session.currentDomainStart { try passThrough(to: start) }
            throw error
        }
        if let end = session.documentEnd {
            rootsSeen += 1
            try finishDocument(end)
            return true
        }
        // The stream ended after comments, without another root.
        if slice == 0 { return false }
        try passOutside()
        let start = max(session.currentDomainStart ?? held.start, held.start)
        if fed - start > maximumDomainSize {
            throw malformed(
                "a domain is larger than \(maximumDomainSize) bytes (see --max-domain-size)", at: start, .tooLarge)
        }
        return true
    }

    /// The number of bytes to give to the parser next.
    ///
    /// Slices are about as long as a definition, because the part of a slice after the end of a root is parsed again as
    /// the next document.
    ///
    /// - Throws: ``MalformedInput`` for pending markup that would take libxml2 too long.
    private func sliceLength(_ available: Int) throws -> Int {
        let pending = ByteRange(max(session.consumedOffset, held.start), fed)
        if pending.count >= PendingMarkup.threshold {
            let known = searched.start == pending.start ? searched.count : 0
            if let fault = PendingMarkup.fault(in: held.bytes(pending), session.encoding, searched: known) {
                throw malformed(fault.message, at: pending.start + fault.offset, fault.kind)
            }
            searched = pending
        }
        // libxml2 searches all pending bytes for a `>` again with each slice, so slices grow with them.
        let slice = min(available, max(4096, pending.count))
        // libxml2 converts a whole slice to UTF-8 before it parses, and would convert the part after the root twice.
        // Therefore the slice ends with the domain. UTF-8 is only copied, which is cheaper than searching for the end.
        let encoding = session.encoding == .utf8 ? lastEncoding : session.encoding
        guard encoding != .utf8, pending.count < PendingMarkup.threshold else { return slice }
        return DomainEndTag.end(in: held.bytes(ByteRange(fed, fed + slice)), encoding) ?? slice
    }

    private func finishDocument(_ end: Int) throws {
        if session.passesThrough {
            try passThrough(to: end)
            lastWasDropped = false
        } else {
            lastWasDropped = try !finish(region: ByteRange(held.start, end))
        }
        lastEncoding = session.encoding
        fed = end
        state = .between
    }

    private func malformed(_ message: String, at offset: Int, _ kind: MalformedInput.Kind) -> MalformedInput {
        MalformedInput(message: message, position: held.position(of: offset, session.encoding), kind: kind)
    }
}
