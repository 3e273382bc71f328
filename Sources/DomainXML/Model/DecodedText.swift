/// A value of the input (an attribute's value or an element's text) and the place where the input has it.
///
/// The value itself is decoded: it is UTF-8, and references such as `&lt;` are replaced. The decoded bytes are kept by
/// the ``Domain`` that the value belongs to, and `domain[text]` returns them as a `String`.
///
/// `==` compares places, so two equal values at different places are different. ``Domain/same(_:_:)`` compares values.
public struct DecodedText: Sendable, Equatable {
    /// The place of the value as written: between an attribute's quotes, or between an element's tags.
    public var span: ByteRange
    /// The index of the value's first byte in the domain's `TextStorage`.
    var start: Int32
    var count: Int32

    /// The number of bytes of the decoded value in UTF-8.
    public var utf8Count: Int { Int(count) }
    /// Whether the decoded value is empty. The place may still hold bytes, such as a comment.
    public var isEmpty: Bool { count == 0 }
}
