internal import CLibXML2

/// A fault at an offset of the input, before its line and column are known.
struct ParsingFault {
    /// One line without the place.
    var message: String
    /// The offset in the input.
    var offset: Int
    var kind: MalformedInput.Kind
    /// libxml2's error code (`xmlParserErrors`); 0 for a fault that virt-cpu found.
    var code: Int32 = 0

    /// Whether libxml2 says that the document has no root element: "Document is empty" or "Extra content at the end of
    /// the document".
    var isMissingRoot: Bool {
        code == Int32(XML_ERR_DOCUMENT_EMPTY.rawValue) || code == Int32(XML_ERR_DOCUMENT_END.rawValue)
    }

    /// The message for an error of libxml2: usually libxml2's own message, but another one where that is misleading.
    static func message(code: Int32, _ message: String?, lacksMemory: Bool) -> String {
        if lacksMemory { return "out of memory" }
        switch code {
        case Int32(XML_ERR_DOCUMENT_EMPTY.rawValue): return "not XML: a document must start with '<'"
        case Int32(XML_ERR_DOCUMENT_END.rawValue): return "the input ends inside a document"
        default: break
        }
        var text = message ?? "not well-formed"
        text = text.split(separator: "\n").first.map(String.init) ?? text
        let hint = " use XML_PARSE_HUGE option"
        if text.hasSuffix(hint) { text.removeLast(hint.count) }
        if text.hasSuffix("Huge input lookup") { return "a tag, a value or a comment is longer than 10 MB" }
        if code == Int32(XML_ERR_UNSUPPORTED_ENCODING.rawValue) {
            // A declared one, and one that the first bytes show.
            for words in ["Unsupported encoding ", "encoding not supported "] where text.hasPrefix(words) {
                return unsupportedEncoding(String(text.dropFirst(words.count)))
            }
        }
        return text
    }

    /// - Parameter name: nil if the encoding has none.
    static func unsupportedEncoding(_ name: String?) -> String {
        "the encoding \(name ?? "of the document") is not supported: convert the document to UTF-8"
    }
}
