/// A range of bytes in the original input: offsets from the first byte of the document, end exclusive.
public struct ByteRange: Hashable, Sendable {
    /// Offset of the first byte.
    public var start: Int
    /// Offset behind the last byte.
    public var end: Int

    /// The order of the two is not checked.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    /// In bytes.
    public var count: Int { end - start }
    /// Traps when the end lies before the start.
    public var range: Range<Int> { start..<end }
}

/// A place that an editor would show: both numbers count from 1, the column in Unicode scalars.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    public var line: Int
    /// In Unicode scalars, counted from 1.
    public var column: Int

    /// Both counted from 1, which is not checked.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `LINE:COLUMN`, as messages have it.
    public var description: String { "\(line):\(column)" }
}

/// A decoded value (entities replaced, UTF-8) and where it stands in the input.
///
/// The decoded bytes lie in the storage of the `Domain` that the value belongs to: `domain[text]`. `==` compares
/// places; `Domain.same(_:_:)` compares values.
public struct Text: Sendable, Equatable {
    /// The value as written: an attribute's between its quotes, an element's between its tags.
    public var span: ByteRange
    var start: Int32
    var count: Int32

    /// Number of decoded UTF-8 bytes.
    public var utf8Count: Int { Int(count) }
    /// Nothing was decoded; the span may hold a comment all the same.
    public var isEmpty: Bool { count == 0 }
}

/// An element: all of it, and its start tag.
public struct Element: Sendable, Equatable {
    /// From the start tag's `<` to the end tag's `>`, both included.
    public var span: ByteRange
    /// From `<` to `>`, both included.
    public var startTag: ByteRange
    /// Written `<x/>`.
    public var isEmptyTag: Bool

    /// Between the tags; empty for `<x/>`. Meaningless before the end tag was seen.
    public var content: ByteRange
}

/// An element whose text is its value.
public struct TextElement: Sendable, Equatable {
    /// Where the element stands, its tags included.
    public var element: Element
    /// Text of the element and all it contains, comments left out, white space kept: XPath's `string()`,
    /// which is how libvirt reads it.
    public var text: Text
}

/// One of a fixed set of words in libvirt's XML.
public struct Word<Value: Sendable & Equatable>: Sendable, Equatable {
    /// The word as it stands, whether libvirt knows it or not.
    public var text: Text
    /// `nil` when libvirt knows no such word.
    public var value: Value?
}
