/// A place in a stream, as an offset and as a line and column.
public struct StreamPlace: Equatable, Sendable {
    /// The offset in bytes from the stream's first byte.
    public var offset: Int
    /// The line and column of the same place.
    public var position: SourcePosition

    /// The place of a stream's first byte.
    public static let beginning = StreamPlace(offset: 0, position: SourcePosition(line: 1, column: 1))

    /// The place after these bytes of UTF-8.
    public func advanced(over bytes: UnsafeRawBufferPointer) -> StreamPlace {
        var counter = LineCounter(at: position)
        counter.advance(over: bytes, .utf8)
        return StreamPlace(offset: offset + bytes.count, position: counter.position)
    }
}
