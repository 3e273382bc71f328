import Oracle

/// What is refused on purpose, by the oracle's tokenizer.
enum Refusals {
    static let instruction = "a processing instruction in a DOCTYPE is not allowed"
    static let externalSubset = "a DOCTYPE with an external subset is not allowed"

    private static let secondKVM = "a second <kvm>"
    private static let secondHyperV = "a second <hyperv>"
    private static let secondNUMA = "a <numa> in a second <cpu>"
    private static let longValue = "a value is longer than 65536 bytes"

    /// Whether the definition is well-formed and libvirt's reading of it is the reason.
    static func isOfReading(_ message: String) -> Bool { [secondKVM, secondHyperV, secondNUMA, longValue].contains { message.hasPrefix($0) } }

    /// Whether what a refusal says is so.
    static func isTrue(_ message: String, of extent: oracle_extent) -> Bool {
        switch message {
        case "elements are nested more than 257 levels deep": extent.depth > 257
        case "a start tag is longer than 524288 bytes": extent.longest_tag > 524_288
        case externalSubset: extent.has_external_subset != 0
        case longValue: extent.end > 65_536
        case "entity declarations are not allowed": extent.declares_entities != 0
        case "declarations of default attributes are not allowed": extent.declares_attributes != 0
        case "declarations of elements are not allowed": extent.declares_elements != 0
        case instruction: extent.has_instruction_in_type != 0
        case let words where words.hasPrefix(secondKVM): extent.kvms > 1
        case let words where words.hasPrefix(secondHyperV): extent.hypervs > 1
        case let words where words.hasPrefix(secondNUMA): extent.cpus > 1 && extent.numas > 0
        case let words where words.hasPrefix("the declared encoding is not UTF-8"): isSingleByte(extent.encodingName)
        default: message.hasPrefix("the encoding ") && message.hasSuffix(" is not supported: convert the document to UTF-8") && !isSupported(extent.encodingName)
        }
    }

    /// Whether a document that is well-formed must be refused.
    static func areDue(_ extent: oracle_extent) -> Bool {
        extent.depth > 257 || extent.has_external_subset != 0 || extent.declares_entities != 0 || extent.declares_attributes != 0
            || extent.declares_elements != 0 || extent.has_instruction_in_type != 0 || unsupported.contains(extent.encodingName.uppercased())
    }

    /// The encodings that the mutator names and in which positions cannot be counted.
    private static let unsupported: Set = [
        "ISO-2022-JP", "UTF-7", "SHIFT_JIS", "GBK", "EBCDIC-CP-US", "IBM037", "WINDOWS-1255", "WINDOWS-1258",
    ]

    private static func isSupported(_ encoding: String) -> Bool {
        let name = encoding.uppercased()
        if unsupported.contains(name) { return false }
        return ["", "UTF-8", "US-ASCII", "KOI8-R"].contains(name) || ["UTF-16", "ISO-8859-", "WINDOWS-125"].contains { name.hasPrefix($0) }
    }

    /// Refused where the bytes are UTF-8 as well.
    private static func isSingleByte(_ encoding: String) -> Bool {
        isSupported(encoding) && !encoding.isEmpty && !encoding.uppercased().hasPrefix("UTF-")
    }

    /// An accident has made a name, which converters may know, or the bytes decide.
    static func isUnknown(_ encoding: String) -> Bool {
        isSingleByte(encoding) || !isSupported(encoding) && !unsupported.contains(encoding.uppercased())
    }
}
