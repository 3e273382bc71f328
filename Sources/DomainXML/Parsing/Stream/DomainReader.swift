internal import CLibXML2
import Glibc

/// Receives a stream in order: every byte once, either passed through or as part of a document.
public protocol DomainStreamHandler: AnyObject {
    /// Bytes that belong to no domain document.
    func passThrough(_ bytes: UnsafeRawBufferPointer) throws
    /// A finished document.
    /// - Returns: whether it was written. White space behind one that was not is dropped too.
    func document(_ document: Document) throws -> Bool
}

/// Input that is not what it should be, with its place.
public struct MalformedInput: Error, Equatable, Sendable {
    /// One line, without the place: libxml2's words or virt-cpu's.
    public var message: String
    /// Counted from the beginning of the stream, not of the document.
    public var position: SourcePosition
    /// `malformed` is not well-formed. `tooLarge` is longer than the reader may hold, or than there is memory for.
    /// `refused` is XML that is not read on purpose: declared entities, elements nested deeper than libvirt reads,
    /// encodings whose positions cannot be counted and more. `noDocument` is a stream without a root element.
    public enum Kind: Sendable { case malformed, tooLarge, refused, noDocument }
    /// What sort of fault, as the message tells in words.
    public var kind: Kind
}

/// A place in a stream, by its offset and as an editor shows it.
public struct StreamPlace: Equatable, Sendable {
    /// From the stream's first byte.
    public var offset: Int
    /// The same place.
    public var position: SourcePosition

    /// The first byte.
    public static let beginning = StreamPlace(offset: 0, position: SourcePosition(line: 1, column: 1))

    /// Behind these bytes of UTF-8.
    public func advanced(over bytes: UnsafeRawBufferPointer) -> StreamPlace {
        var counter = LineCounter(at: position)
        counter.advance(over: bytes, .utf8)
        return StreamPlace(offset: offset + bytes.count, position: counter.position)
    }
}

/// Reads a stream of documents, chunk by chunk, and hands out each domain with the place of its parts.
///
/// A stream may hold documents one after another, with or without XML declarations, with white space or NUL
/// bytes between them. Memory is bounded by the largest single document, not by the stream.
///
/// What changes with every document is not checked for exclusive access: it is private, nothing that is called meanwhile
/// comes back to it, and the checks were 2 % of the filter.
///
/// On the threads that it reads on, libxml2's error functions are set to say nothing: what it has to say is in
/// `MalformedInput`.
public final class DomainReader {
    /// Bytes that a single document may have by default.
    public static let defaultMaximumDomainSize = 64 << 20

    private static let ordinaryCapacity = 128 << 10

    private let maximumDomainSize: Int
    @exclusivity(unchecked) private var handler: (any DomainStreamHandler)?

    // The bytes not yet handed on: stream offsets [heldStart, heldEnd).
    @exclusivity(unchecked) private var storage: UnsafeMutableRawPointer
    private var capacity: Int
    @exclusivity(unchecked) private var head = 0, tail = 0
    @exclusivity(unchecked) private var heldStart = 0
    private var heldEnd: Int { heldStart + (tail - head) }

    private let session: ParseSession
    @exclusivity(unchecked) private var counter = LineCounter()

    private enum State { case between, inside, failed }
    @exclusivity(unchecked) private var state = State.between
    /// First byte that the parser has not been given.
    @exclusivity(unchecked) private var fed = 0
    @exclusivity(unchecked) private var documentsSeen = 0
    @exclusivity(unchecked) private var rootsSeen = 0
    /// What became of the document before the white space that is being read.
    @exclusivity(unchecked) public private(set) var lastWasDropped = false
    /// Separators since `resume` that stand before the first document.
    private var leadingSeparators = 0
    /// No document has begun since `resume`.
    @exclusivity(unchecked) private var isLeading = false
    @exclusivity(unchecked) private var lastEncoding = DocumentEncoding.utf8

    /// - Parameters:
    ///   - maximumDomainSize: in bytes, of one document, or of one `<domain>` of a list.
    ///   - handler: held strongly, and called inside `read`, `feed` and `finish` only; nil where `restart` gives one.
    public init(maximumDomainSize: Int = defaultMaximumDomainSize, handler: (any DomainStreamHandler)? = nil) {
        self.maximumDomainSize = maximumDomainSize
        self.handler = handler
        capacity = Self.ordinaryCapacity
        storage = .allocate(byteCount: capacity, alignment: 16)
        session = ParseSession()
        session.finishListedDomain = { [unowned self] in try self.finish(region: $0) }
    }

    deinit { storage.deallocate() }

    /// Reads up to `count` bytes with `fill`, which returns how many it wrote; 0 ends the stream.
    /// - Returns: false at the end of the stream; then call `finish`.
    /// - Throws: what `fill` throws, and else as `feed` does.
    public func read(upTo count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Bool {
        reserve(count)
        let got = try fill(UnsafeMutableRawBufferPointer(start: storage + tail, count: count))
        guard got > 0 else { return false }
        tail += got
        try advance(final: false)
        return true
    }

    /// Takes the next bytes of the stream.
    /// - Throws: `MalformedInput`, or what the handler throws. After an error the reader takes nothing more.
    public func feed(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        reserve(bytes.count)
        (storage + tail).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        tail += bytes.count
        try advance(final: false)
    }

    /// Ends the stream.
    /// - Throws: `MalformedInput` when a document is unfinished or there was none at all; what the handler throws.
    public func finish() throws {
        try advance(final: true)
        if rootsSeen == 0 {
            throw MalformedInput(message: "no XML document in the input", position: counter.position, kind: .noDocument)
        }
        if heldEnd > heldStart { try passThrough(to: heldEnd) }
    }

    // MARK: Continuing elsewhere

    /// Where it stands between two documents; nil inside one, and behind one that is not UTF-8.
    public var place: StreamPlace? {
        guard state == .between, heldEnd == heldStart, lastEncoding == .utf8 else { return nil }
        return StreamPlace(offset: heldStart, position: counter.position)
    }

    /// Behind all that it was given, counted as UTF-8.
    public var end: StreamPlace {
        StreamPlace(offset: heldStart, position: counter.position).advanced(over: bytes(ByteRange(heldStart, heldEnd)))
    }

    /// What became of a stretch of a stream.
    public struct Stretch: Sendable {
        /// Where it ended between two documents, the last of them in UTF-8; nil otherwise.
        public var end: StreamPlace?
        /// Separators before its first document.
        public var leadingSeparators: Int
        /// A document began in it.
        public var hasDocument: Bool
        /// Its last document was not written.
        public var lastWasDropped: Bool
        /// `MalformedInput`, or what the handler threw.
        public var error: (any Error)?
    }

    /// Reads one stretch where it lies, taking its beginning for a place between two documents, the one before it in
    /// UTF-8. Forgets what was read before, and then this; `resume` or `read(stretch:)` comes next.
    ///
    /// - Parameters:
    ///   - bytes: not changed, and not used when this returns.
    ///   - isLast: the stream ends with it.
    public func read(stretch bytes: UnsafeRawBufferPointer, at place: StreamPlace, isLast: Bool) -> Stretch {
        resume(at: place)
        let own = storage
        if let start = bytes.baseAddress { storage = UnsafeMutableRawPointer(mutating: start) }
        tail = bytes.count
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
        storage = own
        head = 0
        tail = 0
        return stretch
    }

    /// Forgets all and goes on from a place that is taken to be between two documents, the one before it in UTF-8.
    ///
    /// - Parameter lastWasDropped: what became of the document before.
    public func resume(at place: StreamPlace, lastWasDropped: Bool = false) {
        begin(at: place, documentsSeen: 1, lastWasDropped: lastWasDropped)
    }

    /// Forgets all and reads another stream, for another handler: to make a reader costs as much as to read a
    /// definition. nil lets go of the handler that there was; nothing can be read then.
    public func restart(for handler: (any DomainStreamHandler)?) {
        self.handler = handler
        // What a large document needed is not kept for the small ones.
        if capacity > 1 << 20 {
            storage.deallocate()
            capacity = Self.ordinaryCapacity
            storage = .allocate(byteCount: capacity, alignment: 16)
        }
        begin(at: .beginning, documentsSeen: 0, lastWasDropped: false)
    }

    private func begin(at place: StreamPlace, documentsSeen: Int, lastWasDropped: Bool) {
        head = 0
        tail = 0
        heldStart = place.offset
        fed = place.offset
        counter = LineCounter(at: place.position)
        state = .between
        self.documentsSeen = documentsSeen
        rootsSeen = documentsSeen
        self.lastWasDropped = lastWasDropped
        lastEncoding = .utf8
        leadingSeparators = 0
        isLeading = documentsSeen > 0
    }

    // MARK: The held bytes

    private func reserve(_ count: Int) {
        if tail + count <= capacity { return }
        let held = tail - head
        if held + count <= capacity && head >= held {
            memcpy(storage, storage + head, held)
        } else if held + count > capacity {
            let grown = max(capacity * 2, held + count)
            let new = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 16)
            memcpy(new, storage + head, held)
            storage.deallocate()
            storage = new
            capacity = grown
        } else {
            memmove(storage, storage + head, held)
        }
        head = 0
        tail = held
    }

    private func bytes(_ span: ByteRange) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage + head + (span.start - heldStart), count: span.count)
    }

    private func byte(at offset: Int) -> UInt8 {
        storage.load(fromByteOffset: head + (offset - heldStart), as: UInt8.self)
    }

    /// Drops held bytes, counting their lines.
    private func release(to offset: Int) {
        guard offset > heldStart else { return }
        counter.advance(over: bytes(ByteRange(heldStart, offset)), state == .inside ? session.encoding : lastEncoding)
        head += offset - heldStart
        heldStart = offset
        if head == tail { head = 0; tail = 0 }
    }

    private func passThrough(to offset: Int) throws {
        guard offset > heldStart else { return }
        try handler!.passThrough(bytes(ByteRange(heldStart, offset)))
        release(to: offset)
    }

    // MARK: Documents

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

    /// White space and NULs behind a document go the way it went; then the next one starts.
    /// - Returns: false when more input is needed.
    private func beginDocument(final: Bool) throws -> Bool {
        var start = fed
        if documentsSeen > 0 {
            while start < heldEnd, isSeparator(byte(at: start)) { start += 1 }
            // The zero before a big-endian `<` is half of it, not a separator.
            if lastEncoding == .utf16BigEndian, (start - fed) % 2 == 1 { start -= 1 }
            // Half of a line feed would not be counted: its other half comes.
            if lastEncoding == .utf16LittleEndian, !final, start == heldEnd, (start - fed) % 2 == 1 { start -= 1 }
            if isLeading { leadingSeparators += start - fed }
            if lastWasDropped { release(to: start) } else { try passThrough(to: start) }
            fed = start
        }
        // The four bytes that the parser starts with are looked at only when more follow: four blanks are no document.
        guard heldEnd - start > 4 || (final && heldEnd > start) else { return false }
        if final, (start..<heldEnd).allSatisfy({ isSeparator(byte(at: $0)) && byte(at: $0) != 0 }) { return false }
        documentsSeen += 1
        isLeading = false
        let first = bytes(ByteRange(start, min(start + 4, heldEnd)))
        session.begin(at: start, first: first, assuming: lastEncoding)
        fed = start + first.count
        state = .inside
        return true
    }

    private func isSeparator(_ byte: UInt8) -> Bool {
        isXMLSpace(byte) || byte == 0
    }

    /// Feeds the parser one slice. The rest of a slice behind a root is fed again to the next document, so
    /// slices are about as long as a definition: with 1 MiB chunks a stream takes 3 times as long.
    private func continueDocument(final: Bool) throws -> Bool {
        let available = heldEnd - fed
        guard available > 0 || final else { return false }
        // What is pending is scanned again for a `>` with each slice, so slices grow with it.
        let pending = ByteRange(max(session.consumedOffset, heldStart), fed)
        if pending.count >= PendingMarkup.threshold,
            let fault = PendingMarkup.fault(in: bytes(pending), session.encoding)
        {
            throw MalformedInput(
                message: fault.message, position: position(of: pending.start + fault.offset), kind: fault.kind)
        }
        var slice = min(available, max(4096, pending.count))
        // libxml2 converts all that it is given, and what lies behind the root is given again. In UTF-8 that is a copy,
        // which costs less than to look for the end.
        let encoding = session.encoding == .utf8 ? lastEncoding : session.encoding
        if encoding != .utf8, pending.count < PendingMarkup.threshold,
            let end = encoding.endOfDomain(in: bytes(ByteRange(fed, fed + slice)))
        {
            slice = end
        }
        session.parse(bytes(ByteRange(fed, fed + slice)), upTo: fed + slice, final: slice == 0)
        fed += slice
        try session.rethrow()
        if let restart = session.restartAtDeclaration(canRestart: documentsSeen > 1) {
            // A comment behind one document, then the next with its XML declaration.
            session.begin(at: restart, first: bytes(ByteRange(restart, min(restart + 4, heldEnd))), assuming: .utf8)
            fed = min(restart + 4, heldEnd)
            return true
        }
        if let fault = session.fault {
            let error = located(fault)
            // What lies before a domain of a list is the same wherever the input was cut.
            if let start = session.currentDomainStart { try passThrough(to: start) }
            throw error
        }
        if let end = session.documentEnd {
            rootsSeen += 1
            try finishDocument(end)
            return true
        }
        if slice == 0 {
            // Ended without a root: comments at the end of the stream.
            return false
        }
        try passOutside()
        let start = session.currentDomainStart ?? heldStart
        if fed - max(start, heldStart) > maximumDomainSize {
            throw MalformedInput(
                message: "a single domain of more than \(maximumDomainSize) bytes (see --max-domain-size)",
                position: position(of: max(start, heldStart)), kind: .tooLarge)
        }
        return true
    }

    /// In documents that are not held as a whole, hands on what lies before the current domain.
    private func passOutside() throws {
        guard session.passesThrough else { return }
        try passThrough(to: session.currentDomainStart ?? min(session.consumedOffset, fed))
    }

    private func finishDocument(_ end: Int) throws {
        if session.passesThrough {
            try passThrough(to: end)
            lastWasDropped = false
        } else {
            lastWasDropped = try !finish(region: ByteRange(heldStart, end))
        }
        lastEncoding = session.encoding
        fed = end
        state = .between
    }

    /// Hands a finished document to the handler and lets go of its bytes.
    @discardableResult
    private func finish(region: ByteRange) throws -> Bool {
        if region.start > heldStart { try passThrough(to: region.start) }
        let document = session.document
        document.encoding = session.encoding
        document.span = region
        document.start = UnsafeRawPointer(storage + head)
        document.counter = counter
        let written = try handler!.document(document)
        release(to: region.end)
        return written
    }

    private func position(of offset: Int) -> SourcePosition {
        var counter = counter
        let end = min(max(offset, heldStart), heldEnd)
        counter.advance(over: bytes(ByteRange(heldStart, end)), session.encoding)
        return counter.position
    }

    private func located(_ fault: ParseSession.Fault) -> MalformedInput {
        MalformedInput(message: fault.message, position: position(of: fault.offset), kind: fault.kind)
    }
}
