/// Reads JSON (RFC 8259) from somebody else, with limits for depth and for the number of values. Who calls it has limited
/// the length.
///
/// A number that is no integer becomes null: none of the readers needs one.
package struct JSONReader {
    /// The deepest nesting. Messages of editors have less than 16 levels.
    package static let mostLevels = 64
    /// The most values in one text.
    package static let mostValues = 1 << 20

    private let bytes: UnsafeRawBufferPointer
    /// The offset of the next byte.
    package private(set) var place = 0
    private var values = 0

    /// Reads a text that is one value.
    /// - Throws: `JSONError` for bytes that are no JSON or no UTF-8.
    package static func value(of bytes: [UInt8]) throws(JSONError) -> JSONValue {
        let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in
                guard isUTF8(bytes) else { throw .notUTF8 }
                var reader = JSONReader(bytes)
                let value = try reader.value()
                try reader.end()
                return value
            }
        }
        return try result.get()
    }

    /// Whether bytes are valid UTF-8.
    package static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }

    /// - Parameter bytes: valid UTF-8, which must live as long as the reader.
    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private func error(_ what: String) -> JSONError { .malformed(place: place, what) }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    // MARK: Piece by piece

    /// Reads the members of an object. `body` gets each name and reads the value with `value`, `skip` or `string`.
    package mutating func members(_ body: (inout JSONReader, UnsafeRawBufferPointer) throws(JSONError) -> Void) throws(JSONError) {
        skipSpace()
        guard next == UInt8(ascii: "{") else { throw error("expected an object") }
        place += 1
        if take("}") { return }
        var name: [UInt8] = []
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a name") }
            name.removeAll(keepingCapacity: true)
            try string(into: &name)
            guard take(":") else { throw error("expected ':'") }
            let result: Result<Void, JSONError> = name.withUnsafeBytes { name in
                Result { () throws(JSONError) in try body(&self, name) }
            }
            try result.get()
        } while take(",")
        guard take("}") else { throw error("expected ',' or '}'") }
    }

    /// Passes over a value.
    /// - Returns: the range of its bytes.
    package mutating func skip() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = place
        try skip(level: 0)
        return start..<place
    }

    /// The next value is a string.
    package mutating func isAtString() -> Bool {
        skipSpace()
        return next == UInt8(ascii: "\"")
    }

    /// Adds the characters of a string to `text`, in UTF-8.
    ///
    /// - Parameter isStrict: half of a surrogate pair, which stands for no character, is an error; otherwise it becomes U+FFFD.
    package mutating func string(into text: inout [UInt8], isStrict: Bool = false) throws(JSONError) {
        try beginString()
        while true {
            let (plain, isEnd) = try plainCharacters()
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[plain]))
            if isEnd { return }
            try escape(into: &text, isStrict: isStrict)
        }
    }

    private mutating func beginString() throws(JSONError) {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw error("expected a string") }
        place += 1
    }

    /// Passes over the characters of a string before its end or the next escape, and over the byte that says which it is.
    private mutating func plainCharacters() throws(JSONError) -> (plain: Range<Int>, isEnd: Bool) {
        let start = place
        while place < bytes.count, bytes[place] >= 0x20, bytes[place] != 0x22, bytes[place] != 0x5c { place += 1 }
        guard let byte = next else { throw error("the string has no end") }
        if byte < 0x20 { throw error("a control character in a string") }
        defer { place += 1 }
        return (start..<place, byte == 0x22)
    }

    private mutating func skipString() throws(JSONError) {
        try beginString()
        while try !plainCharacters().isEnd {
            var text: [UInt8] = []
            try escape(into: &text, isStrict: false)
        }
    }

    /// Nothing but blanks follows.
    package mutating func end() throws(JSONError) {
        skipSpace()
        guard place == bytes.count else { throw error("something follows the value") }
    }

    /// Reads a value.
    package mutating func value() throws(JSONError) -> JSONValue { try value(level: 0) }

    // MARK: Values

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: byte) else { return false }
        place += 1
        return true
    }

    private mutating func count(level: Int) throws(JSONError) {
        guard level < Self.mostLevels else { throw error("more than \(Self.mostLevels) levels") }
        values += 1
        guard values <= Self.mostValues else { throw error("more than \(Self.mostValues) values") }
    }

    private mutating func value(level: Int) throws(JSONError) -> JSONValue {
        try count(level: level)
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

    private mutating func skip(level: Int) throws(JSONError) {
        guard let byte = next, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\"") else {
            _ = try value(level: level)
            return
        }
        try count(level: level)
        if byte == UInt8(ascii: "\"") { return try skipString() }
        place += 1
        let isObject = byte == UInt8(ascii: "{")
        let end: Unicode.Scalar = isObject ? "}" : "]"
        if take(end) { return }
        repeat {
            skipSpace()
            if isObject {
                try skipString()
                guard take(":") else { throw error("expected ':'") }
                skipSpace()
            }
            try skip(level: level + 1)
        } while take(",")
        guard take(end) else { throw error("expected ',' or '\(end)'") }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard bytes.count - place >= count, (0..<count).allSatisfy({ bytes[place + $0] == word.utf8Start[$0] }) else {
            throw error("expected a value")
        }
        place += count
        return value
    }

    private mutating func members(level: Int) throws(JSONError) -> [JSONValue.Member] {
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

    private mutating func elements(level: Int) throws(JSONError) -> [JSONValue] {
        place += 1
        var elements: [JSONValue] = []
        if take("]") { return elements }
        repeat { elements.append(try value(level: level)) } while take(",")
        guard take("]") else { throw error("expected ',' or ']'") }
        return elements
    }

    private mutating func string() throws(JSONError) -> String {
        var text: [UInt8] = []
        try string(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape(into text: inout [UInt8], isStrict: Bool) throws(JSONError) {
        guard let letter = next else { throw error("the string has no end") }
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try escapedScalar()
            if scalar == nil, isStrict { throw error("half of a surrogate pair") }
            text += String(Character(scalar ?? "\u{fffd}")).utf8
        default: throw error("an unknown escape")
        }
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair. Nil for a surrogate by itself.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar? {
        let first = try hexadecimal()
        if first & 0xfc00 == 0xd800, place + 1 < bytes.count, bytes[place] == 0x5c, bytes[place + 1] == UInt8(ascii: "u") {
            let here = place
            place += 2
            let second = try hexadecimal()
            if second & 0xfc00 == 0xdc00 { return Unicode.Scalar(0x10000 + (first & 0x3ff) << 10 + second & 0x3ff) }
            place = here
        }
        return Unicode.Scalar(first)
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        let digits = bytes[place...].prefix(4)
        guard digits.count == 4, digits.first != UInt8(ascii: "+"),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits") }
        place += 4
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = place
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        func digits(_ reader: inout JSONReader) throws(JSONError) {
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
