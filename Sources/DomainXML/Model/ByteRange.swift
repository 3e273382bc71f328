/// A range of bytes in the original input, as offsets from the first byte of the input.
///
/// Offsets count the bytes of the input as it was read, in its own encoding. In a stream of several documents they
/// count from the beginning of the stream.
public struct ByteRange: Hashable, Sendable {
    /// The offset of the first byte.
    public var start: Int
    /// The offset of the byte after the last one.
    public var end: Int

    /// Makes a range of two offsets. The initializer does not check that `start` is at most `end`.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    /// The number of bytes.
    public var count: Int { end - start }
    /// The same range as a Swift `Range`. Traps when `end` is less than `start`.
    public var range: Range<Int> { start..<end }
}
