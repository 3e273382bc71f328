internal import CLibXML2

/// Finds the end of a `<domain>` in encoded bytes without parsing them.
enum DomainEndTag {
    private static let ascii = Array("</domain>".utf8)
    private static let utf16LittleEndian = DocumentEncoding.utf16LittleEndian.encode("</domain>")
    private static let utf16BigEndian = DocumentEncoding.utf16BigEndian.encode("</domain>")

    /// The index of the byte after the first `</domain>`; nil when there is none. The match may be part of a comment or
    /// of CDATA.
    static func end(in bytes: UnsafeRawBufferPointer, _ encoding: DocumentEncoding) -> Int? {
        let tag =
            switch encoding {
            case .utf8, .singleByte: ascii
            case .utf16LittleEndian: utf16LittleEndian
            case .utf16BigEndian: utf16BigEndian
            }
        guard let start = bytes.baseAddress, let found = memmem(start, bytes.count, tag, tag.count) else { return nil }
        return UnsafeRawPointer(found) - start + tag.count
    }
}
