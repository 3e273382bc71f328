import XMLTree

/// One XML document of a file that holds several, one after another.
struct HostDocument {
    var root: XMLElement
    /// The number of lines of the file before the document. An element's line plus this number is its line in the file.
    var lineOffset: Int
}
