/// A replacement of bytes of a document. Rules and targets return edits, and ``Document/write(applying:to:)`` applies
/// them.
public struct Edit: Sendable, Equatable {
    /// The bytes to remove; empty for an insertion.
    public var span: ByteRange
    /// The markup to insert, with special characters escaped. It is a Swift string, which is encoded when the edit is
    /// applied.
    public var replacement: String

    /// Makes an edit. Nothing is checked here, but applying edits traps when they overlap or are not inside the
    /// document.
    public init(_ span: ByteRange, _ replacement: String) {
        self.span = span
        self.replacement = replacement
    }
}
