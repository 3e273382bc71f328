import Reports

/// Reads JSON (RFC 8259) from somebody else, with limits for depth and for the number of values. The length is limited
/// before, by `FrameReader`.
///
/// The protocol has no numbers but integers. A number that is none becomes null.
struct JSONReader {
    /// The deepest nesting. Messages of editors have less than 16 levels.
    static let mostLevels = 64
    /// The most values in one text.
    static let mostValues = 1 << 20

    private let bytes: [UInt8]
    private var place = 0
    private var values = 0

    /// Reads a text that is one value.
    /// - Throws: `RPCError` with `parseError`, and with the place in bytes.
    static func value(of bytes: [UInt8]) throws(RPCError) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw RPCError(.parseError, "the message is not valid UTF-8") }
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(level: 0)
        reader.skipSpace()
        guard reader.place == bytes.count else { throw reader.error("something follows the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func error(_ what: String) -> RPCError { RPCError(.parseError, "malformed JSON at byte \(place): \(what)") }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: byte) else { return false }
        place += 1
        return true
    }

    private mutating func value(level: Int) throws(RPCError) -> JSONValue {
        guard level < Self.mostLevels else { throw error("more than \(Self.mostLevels) levels") }
        values += 1
        guard values <= Self.mostValues else { throw error("more than \(Self.mostValues) values") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try members(level: level + 1))
        case UInt8(ascii: "["): return .array(try elements(level: level + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw error("a value is missing")
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(RPCError) -> JSONValue {
        guard bytes[place...].starts(with: word.utf8) else { throw error("expected a value") }
        place += word.utf8.count
        return value
    }

    private mutating func members(level: Int) throws(RPCError) -> [JSONValue.Member] {
        place += 1
        var members: [JSONValue.Member] = []
        if take("}") { return members }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a name") }
            let name = try string()
            guard take(":") else { throw error("expected ':'") }
            members.append(JSONValue.Member(name, try value(level: level)))
        } while take(",")
        guard take("}") else { throw error("expected ',' or '}'") }
        return members
    }

    private mutating func elements(level: Int) throws(RPCError) -> [JSONValue] {
        place += 1
        var elements: [JSONValue] = []
        if take("]") { return elements }
        repeat { elements.append(try value(level: level)) } while take(",")
        guard take("]") else { throw error("expected ',' or ']'") }
        return elements
    }

    private mutating func string() throws(RPCError) -> String {
        place += 1
        var text: [UInt8] = []
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case ..<0x20: throw error("a control character in a string")
            default: text.append(byte)
            }
        }
        throw error("the string has no end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(RPCError) {
        guard let letter = next else { throw error("the string has no end") }
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(try escapedScalar()).utf8
        default: throw error("an unknown escape")
        }
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair. A surrogate by itself becomes U+FFFD.
    private mutating func escapedScalar() throws(RPCError) -> Character {
        let first = try hexadecimal()
        if first & 0xfc00 == 0xd800, bytes[place...].starts(with: "\\u".utf8) {
            let here = place
            place += 2
            let second = try hexadecimal()
            if second & 0xfc00 == 0xdc00 {
                return Character(Unicode.Scalar(0x10000 + (first & 0x3ff) << 10 + second & 0x3ff)!)
            }
            place = here
        }
        return Character(Unicode.Scalar(first) ?? "\u{fffd}")
    }

    private mutating func hexadecimal() throws(RPCError) -> UInt32 {
        let digits = bytes[place...].prefix(4)
        guard digits.count == 4, digits.first != UInt8(ascii: "+"),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits") }
        place += 4
        return value
    }

    private mutating func number() throws(RPCError) -> JSONValue {
        let start = place
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        func digits(_ reader: inout JSONReader) throws(RPCError) {
            guard isDigit(reader.next) else { throw reader.error("expected a value") }
            while isDigit(reader.next) { reader.place += 1 }
        }
        if next == UInt8(ascii: "-") { place += 1 }
        if next == UInt8(ascii: "0") { place += 1 } else { try digits(&self) }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            place += 1
            isInteger = false
            try digits(&self)
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            place += 1
            isInteger = false
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
            try digits(&self)
        }
        guard isInteger else { return .null }
        return Int(String(decoding: bytes[start..<place], as: UTF8.self)).map { .number($0) } ?? .null
    }
}
