/// A part of the input by its positions.
public struct SourceRange: Hashable, Sendable {
    /// Where the part begins.
    public var start: SourcePosition
    /// Where the part ends. It is exclusive.
    public var end: SourcePosition

    /// Makes a range of two positions. Their order is not checked.
    public init(start: SourcePosition, end: SourcePosition) {
        self.start = start
        self.end = end
    }
}
