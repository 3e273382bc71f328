/// An input that cannot be read, and the place of the fault.
public struct MalformedInput: Error, Equatable, Sendable {
    /// One line without the place, in libxml2's words or in virt-cpu's.
    public var message: String
    /// The place of the fault, counted from the beginning of the stream and not of the document.
    public var position: SourcePosition
    /// The reasons why an input cannot be read.
    public enum Kind: Sendable {
        /// The input is not well-formed XML.
        case malformed
        /// A domain is longer than the reader may hold, or there is not enough memory for it.
        case tooLarge
        /// The input is XML that the reader refuses: declared entities, elements nested deeper than libvirt reads, an
        /// encoding in which offsets cannot be computed, and more.
        case refused
        /// The stream has no root element.
        case noDocument
    }
    /// The reason, for programs. The message says the same in words.
    public var kind: Kind
}
