import XMLTree

extension XMLElement {
    /// The text of the element; nil when it is empty. White space counts as text, as it does to libvirt.
    var nonEmptyText: String? { text.isEmpty ? nil : text }

    /// The value of an attribute that must be there.
    func required(_ attribute: String) throws(CPUElementError) -> String {
        guard let value = self[attribute], !value.isEmpty else {
            throw fault("<\(name)> has no attribute '\(attribute)'")
        }
        return value
    }

    /// The value of an attribute that is one of a few words; nil when the attribute is absent.
    func word<Word: RawRepresentable & CaseIterable>(
        _ attribute: String
    ) throws(CPUElementError) -> Word? where Word.RawValue == String {
        guard let text = self[attribute] else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw fault("\(attribute)='\(text)' is not one of \(known)")
        }
        return word
    }

    /// The value of an attribute that is a number in libvirt's notation.
    ///
    /// - Parameter absent: the value when the attribute is absent. Without it, the attribute must be there.
    func number(_ attribute: String, default absent: UInt32? = nil) throws(CPUElementError) -> UInt32 {
        guard let text = self[attribute] else {
            if let absent { return absent }
            throw fault("<\(name)> has no attribute '\(attribute)'")
        }
        guard let value = UInt32(libvirt: text) else { throw fault("\(attribute)='\(text)' is not a 32-bit number") }
        return value
    }

    /// The value of an attribute that is one of two words.
    ///
    /// - Parameter absent: the value when the attribute is absent.
    func flag(
        _ attribute: String, default absent: Bool, on: String = "yes", off: String = "no"
    ) throws(CPUElementError) -> Bool {
        switch self[attribute] {
        case nil: absent
        case on: true
        case off: false
        case let other?: throw fault("\(attribute)='\(other)' is neither '\(on)' nor '\(off)'")
        }
    }

    /// An error at the line of the element.
    func fault(_ message: String) -> CPUElementError { CPUElementError(line: line, message: message) }

    /// - Throws: `CPUElementError` when the element has more than `limit` parts of some kind.
    func checkCount(_ count: Int, _ limit: Int, _ what: String) throws(CPUElementError) {
        if count > limit { throw fault("too many \(what) for a host: \(count) (the limit is \(limit))") }
    }
}

extension UInt32 {
    /// A number as libvirt writes it: decimal digits, or hexadecimal ones after `0x`.
    init?(libvirt text: String) {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        self.init(isHexadecimal ? text.dropFirst(2) : text[...], radix: isHexadecimal ? 16 : 10)
    }
}
