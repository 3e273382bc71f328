/// The reason why a document could not be read, in libxml2's words, and its place.
public struct XMLTreeError: Error, Equatable, Sendable {
    /// The first line of libxml2's message, without the place.
    public var message: String
    /// The line, counted from 1; 0 when there was no memory to begin reading.
    public var line: Int
    /// The column in characters, counted from 1; 0 when it is not known.
    public var column: Int
}
