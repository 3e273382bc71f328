/// Refuses, before libxml2 gets to see the end of it, markup that would take it quadratic time: libxml2 waits for the
/// whole of a comment, a start tag or a declaration, then copies the comment for each `--` in it that is not its end, and
/// compares each attribute with each. A comment of 10 MB could hold it for hours.
enum PendingMarkup {
    /// Bytes of an unfinished start tag at most; no definition comes near.
    static let maximumStartTag = 512 << 10

    /// What is said of more than `maximumAttributes`, at the start of the tag.
    static let manyAttributes = "more than \(maximumAttributes) attributes in a start tag"

    /// What is said of a document type of more than `maximumDocumentType`.
    static let documentType = "a document type of more than \(maximumDocumentType) bytes"

    /// Bytes that are pending before anybody looks.
    static let threshold = 2048

    struct Fault {
        var message: String
        /// From the first pending byte.
        var offset: Int
        var kind: MalformedInput.Kind
    }

    /// - Parameter pending: what the parser has been given and has not consumed; it begins with the markup.
    static func fault(in pending: UnsafeRawBufferPointer, _ encoding: DocumentEncoding) -> Fault? {
        let width = encoding.unitWidth
        let count = pending.count / width
        func unit(_ index: Int) -> UInt16 { encoding.unit(in: pending, at: index * width) }
        guard count > 4, unit(0) == 0x3c else { return nil }
        guard unit(1) == 0x21 else {
            if unit(1) == 0x3f || unit(1) == 0x2f { return nil }
            if pending.count > maximumStartTag {
                return Fault(message: "a start tag of more than \(maximumStartTag) bytes", offset: 0, kind: .refused)
            }
            var attributes = 0
            var quote: UInt16?
            for index in 1..<count {
                let found = unit(index)
                if let open = quote {
                    if found == open { quote = nil }
                } else if found == 0x22 || found == 0x27 {
                    quote = found
                } else if found == 0x3e {
                    return nil
                } else if found == 0x3d {
                    attributes += 1
                }
            }
            guard attributes > maximumAttributes else { return nil }
            return Fault(message: manyAttributes, offset: 0, kind: .refused)
        }
        if unit(2) == 0x44, pending.count > maximumDocumentType {
            return Fault(message: documentType, offset: 0, kind: .refused)
        }
        guard unit(2) == 0x2d, unit(3) == 0x2d else { return nil }
        var index = 4
        while index + 2 < count {
            if unit(index) == 0x2d, unit(index + 1) == 0x2d {
                if unit(index + 2) == 0x3e { return nil }
                return Fault(message: "'--' inside a comment", offset: index * width, kind: .malformed)
            }
            index += 1
        }
        return nil
    }
}
