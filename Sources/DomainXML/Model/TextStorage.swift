import Glibc

/// The decoded bytes of every ``DecodedText`` of a domain, one after another.
///
/// The memory is kept for the next domain. This is not a `[UInt8]` because a dozen values are appended for each domain,
/// and each append would check for uniqueness. The owner calls `deallocate()`.
struct TextStorage {
    private(set) var base = UnsafeMutablePointer<UInt8>.allocate(capacity: 512)
    private var capacity = 512
    var count = 0

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        if count + bytes.count > capacity { grow(to: count + bytes.count) }
        memcpy(base + count, start, bytes.count)
        count += bytes.count
    }

    /// Appends a line feed in place of each carriage return, and of each one with a line feed behind it.
    ///
    /// - Parameter isAfterReturn: a carriage return was the last byte before.
    mutating func append(normalizingLineEnds bytes: UnsafeBufferPointer<UInt8>, isAfterReturn: Bool) {
        guard let start = bytes.baseAddress, isAfterReturn || memchr(start, 0x0d, bytes.count) != nil else { return append(bytes) }
        var isAfterReturn = isAfterReturn
        for byte in bytes {
            defer { isAfterReturn = byte == 0x0d }
            if byte == 0x0a, isAfterReturn { continue }
            withUnsafePointer(to: byte == 0x0d ? 0x0a : byte) { append(UnsafeBufferPointer(start: $0, count: 1)) }
        }
    }

    private mutating func grow(to least: Int) {
        let grown = max(least, 2 * capacity)
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
        memcpy(new, base, count)
        base.deallocate()
        base = new
        capacity = grown
    }

    /// The decoded bytes of a value. They are valid until the next append.
    func bytes(_ text: DecodedText) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + Int(text.start), count: Int(text.count))
    }

    /// The value whose bytes were appended after the storage held `mark` bytes.
    func text(since mark: Int, at span: ByteRange) -> DecodedText {
        DecodedText(span: span, start: Int32(mark), count: Int32(count - mark))
    }

    func deallocate() { base.deallocate() }
}

/// Whether bytes are exactly those of a literal.
func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ literal: StaticString) -> Bool {
    bytes.count == literal.utf8CodeUnitCount
        && (bytes.isEmpty || memcmp(bytes.baseAddress!, literal.utf8Start, bytes.count) == 0)
}
