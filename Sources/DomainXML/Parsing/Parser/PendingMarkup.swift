/// Finds unfinished markup for which libxml2 would need quadratic time, before libxml2 sees the end of it.
///
/// libxml2 waits for the whole of a comment, a start tag or a declaration. It then copies the comment once for each
/// `--` inside the comment, and compares each attribute of the tag with every other one. A comment of 10 MB could keep
/// libxml2 busy for hours.
enum PendingMarkup {
    /// The message for more than `maximumAttributes`, reported at the start of the tag.
    static let manyAttributes = "more than \(maximumAttributes) attributes in a start tag"

    /// The message for a DOCTYPE of more than `maximumDocumentType` bytes.
    static let longDocumentType = "the DOCTYPE is longer than \(maximumDocumentType) bytes"

    /// The number of pending bytes from which on `fault(in:_:searched:)` is to be called.
    static let threshold = 2048

    /// The first fault in the markup, at an offset from the first pending byte; nil when there is none so far.
    ///
    /// - Parameters:
    ///   - pending: the bytes that the parser was given and has not consumed. They begin with the markup.
    ///   - searched: the first bytes of a comment that need not be searched, because an earlier call did.
    static func fault(in pending: UnsafeRawBufferPointer, _ encoding: DocumentEncoding, searched: Int) -> ParsingFault? {
        let count = pending.count / encoding.unitWidth
        func unit(_ index: Int) -> UInt16 { encoding.unit(in: pending, at: index * encoding.unitWidth) }
        guard count > 4, unit(0) == 0x3c else { return nil }  // <
        switch unit(1) {
        case 0x3f, 0x2f: return nil  // <? and </
        case 0x21:  // <!
            if unit(2) == 0x44, pending.count > maximumDocumentType {  // <!D
                return ParsingFault(message: longDocumentType, offset: 0, kind: .refused)
            }
            return unit(2) == 0x2d && unit(3) == 0x2d ? commentFault(in: pending, encoding, searched) : nil  // <!--
        default: return startTagFault(in: pending, encoding)
        }
    }

    private static func startTagFault(
        in pending: UnsafeRawBufferPointer, _ encoding: DocumentEncoding
    ) -> ParsingFault? {
        if pending.count > maximumStartTag {
            return ParsingFault(
                message: "a start tag is longer than \(maximumStartTag) bytes", offset: 0, kind: .refused)
        }
        var attributes = 0
        var openQuote: UInt16?
        for index in 1..<pending.count / encoding.unitWidth {
            let unit = encoding.unit(in: pending, at: index * encoding.unitWidth)
            if let quote = openQuote {
                if unit == quote { openQuote = nil }
                continue
            }
            switch unit {
            case 0x22, 0x27: openQuote = unit
            case 0x3e: return nil  // >
            case 0x3d: attributes += 1  // =
            default: break
            }
        }
        return attributes > maximumAttributes ? ParsingFault(message: manyAttributes, offset: 0, kind: .refused) : nil
    }

    /// The fault of a comment that contains `--` before its end.
    private static func commentFault(
        in pending: UnsafeRawBufferPointer, _ encoding: DocumentEncoding, _ searched: Int
    ) -> ParsingFault? {
        let width = encoding.unitWidth
        func unit(_ index: Int) -> UInt16 { encoding.unit(in: pending, at: index * width) }
        // The end of what was searched can be the beginning of `-->`.
        var index = max(4, searched / width - 2)
        while index + 2 < pending.count / width {
            if unit(index) == 0x2d, unit(index + 1) == 0x2d {
                if unit(index + 2) == 0x3e { return nil }
                return ParsingFault(
                    message: "'--' is not allowed inside a comment", offset: index * width, kind: .malformed)
            }
            index += 1
        }
        return nil
    }
}
