import Glibc

/// The decoded bytes of every ``DecodedText`` of a domain, one after another.
///
/// The memory is kept for the next domain. This is not a `[UInt8]` because a dozen values are appended for each domain,
/// and each append would check for uniqueness and exclusive access. The owner calls `deallocate()`.
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
