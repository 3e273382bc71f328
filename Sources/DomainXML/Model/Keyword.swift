/// An attribute value that must be one of a fixed set of words in libvirt's XML, such as `mode` of `<cpu>`.
public struct Keyword<Value: Sendable & Equatable>: Sendable, Equatable {
    /// The word as the input has it, whether or not libvirt knows it.
    public var text: DecodedText
    /// The meaning of the word; nil when libvirt does not know it.
    public var value: Value?
}
