/// The place of an element in the input: the whole of it, and its tags.
public struct Element: Sendable, Equatable {
    /// The whole element, from the `<` of the start tag to the `>` of the end tag, both included.
    public var span: ByteRange
    /// The start tag, from `<` to `>`, both included.
    public var startTag: ByteRange
    /// Whether the element is written as an empty-element tag, `<x/>`.
    public var isEmptyTag: Bool

    /// The bytes between the two tags. The range is empty for `<x/>`.
    public var content: ByteRange
}

extension Element {
    /// A placeholder for an element that has not been read yet.
    static let none = Element(
        span: ByteRange(0, 0), startTag: ByteRange(0, 0), isEmptyTag: false, content: ByteRange(0, 0))
}
