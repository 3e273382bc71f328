import Glibc

/// The bytes of a stream that were read and are not handed on yet, in one buffer, with the position of the first of
/// them.
///
/// Offsets are those of the stream. The owner calls `deallocate()`.
struct HeldBytes {
    private static let ordinaryCapacity = 128 << 10

    private var storage = UnsafeMutableRawPointer.allocate(byteCount: ordinaryCapacity, alignment: 16)
    private var capacity = ordinaryCapacity
    /// The memory of this value while `storage` is somebody else's.
    private var ownStorage: UnsafeMutableRawPointer?
    // The bytes are those of `storage` from `head` to `tail`.
    private var head = 0, tail = 0

    /// The offset of the first byte.
    private(set) var start = 0
    /// The line counter, at the position of the first byte.
    private(set) var counter = LineCounter()

    /// The offset after the last byte.
    var end: Int { start + (tail - head) }
    var isEmpty: Bool { head == tail }
    var place: StreamPlace { StreamPlace(offset: start, position: counter.position) }

    /// The bytes of a range, which must be held. They are valid until bytes are added or released.
    func bytes(_ span: ByteRange) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage + head + (span.start - start), count: span.count)
    }

    func byte(at offset: Int) -> UInt8 {
        storage.load(fromByteOffset: head + (offset - start), as: UInt8.self)
    }

    /// The line and column of an offset. An offset outside the held bytes stands for the nearest one inside.
    func position(of offset: Int, _ encoding: DocumentEncoding) -> SourcePosition {
        var counter = counter
        let end = min(max(offset, start), end)
        counter.advance(over: bytes(ByteRange(start, end)), encoding)
        return counter.position
    }

    // MARK: Adding and releasing

    /// Makes room for bytes after the last one. The room is to be filled, and `added(_:)` called.
    mutating func room(for count: Int) -> UnsafeMutableRawBufferPointer {
        reserve(count)
        return UnsafeMutableRawBufferPointer(start: storage + tail, count: count)
    }

    /// Holds bytes that were written into `room(for:)`.
    mutating func added(_ count: Int) { tail += count }

    private mutating func reserve(_ count: Int) {
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

    /// Releases the bytes before an offset, and counts their lines.
    mutating func release(to offset: Int, _ encoding: DocumentEncoding) {
        guard offset > start else { return }
        counter.advance(over: bytes(ByteRange(start, offset)), encoding)
        head += offset - start
        start = offset
        if head == tail { head = 0; tail = 0 }
    }

    /// Releases all bytes and continues at another place of a stream.
    mutating func restart(at place: StreamPlace) {
        head = 0
        tail = 0
        start = place.offset
        counter = LineCounter(at: place.position)
    }

    // MARK: Memory

    /// Holds these bytes without copying them. Nothing may be added before `endBorrowing()`.
    mutating func borrow(_ bytes: UnsafeRawBufferPointer) {
        ownStorage = storage
        if let start = bytes.baseAddress { storage = UnsafeMutableRawPointer(mutating: start) }
        tail = bytes.count
    }

    /// Forgets the borrowed bytes. `start` and `counter` do not change.
    mutating func endBorrowing() {
        storage = ownStorage!
        ownStorage = nil
        head = 0
        tail = 0
    }

    /// Returns to the ordinary capacity after a large document. The value must be empty.
    mutating func shrink() {
        guard capacity > 1 << 20 else { return }
        storage.deallocate()
        capacity = Self.ordinaryCapacity
        storage = .allocate(byteCount: capacity, alignment: 16)
    }

    func deallocate() { storage.deallocate() }
}
