import Oracle

/// What is refused on purpose, by the oracle's tokenizer.
enum Refusals {
    static let instruction = "a processing instruction in a DOCTYPE is not allowed"
    static let externalSubset = "a DOCTYPE with an external subset is not allowed"

    /// Whether what a refusal says is so.
    static func isTrue(_ message: String, of extent: oracle_extent) -> Bool {
        switch message {
        case "elements are nested more than 257 levels deep": extent.depth > 257
        case "a start tag is longer than 524288 bytes": extent.longest_tag > 524_288
        case externalSubset: extent.has_external_subset != 0
        case "entity declarations are not allowed": extent.declares_entities != 0
        case "declarations of default attributes are not allowed": extent.declares_attributes != 0
        case instruction: extent.has_instruction_in_type != 0
        default: message.hasPrefix("the encoding ") && message.hasSuffix(" is not supported: convert the document to UTF-8") && !isSupported(extent.encodingName)
        }
    }

    /// Whether a document that is well-formed must be refused.
    static func areDue(_ extent: oracle_extent) -> Bool {
        extent.depth > 257 || extent.has_external_subset != 0 || extent.declares_entities != 0 || extent.declares_attributes != 0
            || extent.has_instruction_in_type != 0 || unsupported.contains(extent.encodingName.uppercased())
    }

    /// The encodings that the mutator names and in which positions cannot be counted.
    private static let unsupported: Set = ["ISO-2022-JP", "UTF-7", "SHIFT_JIS", "GBK", "EBCDIC-CP-US", "IBM037"]

    private static func isSupported(_ encoding: String) -> Bool {
        let name = encoding.uppercased()
        return ["", "UTF-8", "US-ASCII", "KOI8-R"].contains(name) || ["UTF-16", "ISO-8859-", "WINDOWS-125"].contains { name.hasPrefix($0) }
    }

    /// An accident has made a name, which converters may know.
    static func isUnknown(_ encoding: String) -> Bool { !isSupported(encoding) && !unsupported.contains(encoding.uppercased()) }
}
