import XMLTree

/// One XML document of a file that holds several, one after another.
struct HostDocument {
    var root: XMLElement
    /// The lines of the file before the document. Added to an element's line, they give its line in the file.
    var lineOffset: Int
}
