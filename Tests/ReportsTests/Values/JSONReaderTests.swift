import Testing

@testable import Reports

@Suite("Reading JSON")
struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.value(of: Array(text.utf8)) }

    @Test("Values, blanks between them, and escapes")
    func values() throws {
        #expect(try read(" { \"a\" : [ 1 , -20 , true , false , null ] , \"b\" : { } } ") == [
            "a": [JSONValue(1), JSONValue(-20), .bool(true), .bool(false), .null], "b": [:],
        ])
        #expect(try read(#""\"\\\/\b\f\n\r\t\u00e9""#) == .string("\"\\/\u{8}\u{c}\n\r\t\u{e9}"))
        #expect(try read(#""\ud83d\ude00 😀""#) == .string("\u{1f600} \u{1f600}"))
        #expect(try read("0") == .number(0))
        #expect(try read("9223372036854775807") == .number(Int.max))
    }

    @Test("A surrogate by itself becomes U+FFFD, which has one UTF-16 unit as well")
    func surrogates() throws {
        #expect(try read(#""\ud83d""#) == .string("\u{fffd}"))
        #expect(try read(#""\ude00x""#) == .string("\u{fffd}x"))
        #expect(try read(#""\ud83d\u0041""#) == .string("\u{fffd}A"))
    }

    @Test("A number that is no integer becomes null, because the protocol has none")
    func numbers() throws {
        for text in ["1.5", "1e3", "-0.0", "99999999999999999999"] { #expect(try read(text) == .null, "\(text)") }
    }

    @Test("Everything that the grammar does not have is an error", arguments: [
        "", " ", "{", "[1", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "tru", "nulls", "01", "1.", ".5", "1e", "+1", "-", "\"", "\"\\x\"", "\"\\u12\"",
        "\"\\u+123\"", "\"\u{1}\"", "1 2", "[1 2]", "'a'", "//", "NaN",
    ])
    func malformed(_ text: String) {
        #expect(throws: JSONError.self) { try read(text) }
    }

    @Test("Invalid UTF-8 is an error")
    func invalid() {
        #expect(throws: JSONError.notUTF8) { try JSONReader.value(of: [0x22, 0xff, 0x22]) }
    }

    @Test("64 levels are read, 65 are not; deeper nesting than any stack is refused")
    func levels() throws {
        func nested(_ count: Int) -> String { String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        #expect(try read(nested(64)).elements?.count == 1)
        #expect(throws: JSONError.self) { try read(nested(65)) }
        #expect(throws: JSONError.self) { try read(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try read(String(repeating: "{\"a\":", count: 1_000_000)) }
    }

    @Test("More than a million values are refused")
    func manyValues() throws {
        #expect(throws: JSONError.self) { try read("[" + String(repeating: "0,", count: JSONReader.mostValues) + "0]") }
    }

    @Test("What the writer writes is read as the same value")
    func writer() throws {
        let value: JSONValue = ["a": ["\u{0}\u{7f}\u{9b}\"\\\r\n\t", .null, JSONValue(-5)], "": .object([])]
        #expect(try read(value.text) == value)
    }
}
