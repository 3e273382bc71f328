/// A range of bytes in the original input: offsets from the first byte of the document, end exclusive.
public struct Span: Hashable, Sendable {
    public var start: Int
    public var end: Int

    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    public var count: Int { end - start }
    public var range: Range<Int> { start..<end }
}

/// A place that an editor would show: both numbers count from 1, the column in Unicode scalars.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public var description: String { "\(line):\(column)" }
}

/// A decoded value (entities replaced, UTF-8) and where it stands in the input.
///
/// The decoded bytes lie in the storage of the `Domain` that the value belongs to: `domain[text]`.
public struct Text: Sendable, Equatable {
    /// The value as written: an attribute's between its quotes, an element's between its tags.
    public var span: Span
    var start: Int32
    var count: Int32

    /// Number of decoded UTF-8 bytes.
    public var utf8Count: Int { Int(count) }
    public var isEmpty: Bool { count == 0 }
}

/// An element: all of it, and its start tag.
public struct Element: Sendable, Equatable {
    public var span: Span
    public var startTag: Span
    /// Written `<x/>`.
    public var isEmptyTag: Bool

    /// Between the tags; empty for `<x/>`. Meaningless before the end tag was seen.
    public var content: Span
}

/// An element whose text is its value.
public struct TextElement: Sendable, Equatable {
    public var element: Element
    /// Text of the element and all it contains, comments left out, white space kept: XPath's `string()`,
    /// which is how libvirt reads it.
    public var text: Text
}

/// One of a fixed set of words in libvirt's XML.
public struct Word<Value: Sendable & Equatable>: Sendable, Equatable {
    public var text: Text
    /// `nil` when libvirt knows no such word.
    public var value: Value?
}
