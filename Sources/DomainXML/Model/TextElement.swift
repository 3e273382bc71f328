/// An element whose text is its value, such as `<name>` or `<model>`.
public struct TextElement: Sendable, Equatable {
    /// The place of the element, including its tags.
    public var element: Element
    /// The text of the element and of all elements inside it, without comments and with white space kept. libvirt reads
    /// the same with XPath's `string()`.
    public var text: DecodedText
}

extension TextElement {
    /// Makes an element of its place and of the text that was appended after the storage held `mark` bytes.
    init(_ element: Element, since mark: Int, in storage: TextStorage) {
        self.init(element: element, text: storage.text(since: mark, at: element.content))
    }
}
