import Reports
import TestSupport
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("Each kind of value is written as JSON writes it", arguments: [
        (.null, "null"), (.bool(true), "true"), (.bool(false), "false"), (.number(0), "0"), (.number(-17), "-17"),
        (.number(.max), "9223372036854775807"), (.string(""), #""""#), ("plain", #""plain""#),
        (.array([]), "[]"), (.object([]), "{}"), ([.number(1), "a", .null], #"[1,"a",null]"#),
    ] as [(JSONValue, String)])
    func kinds(_ value: JSONValue, _ text: String) {
        #expect(value.text == text)
    }

    @Test("Missing text is null, and lists of text are arrays")
    func conversions() {
        #expect(JSONValue(nil as String?) == .null)
        #expect(JSONValue("a" as String?) == .string("a"))
        #expect(JSONValue(3) == .number(3))
        #expect(JSONValue(true) == .bool(true))
        #expect(JSONValue(["a", "b"]).text == #"["a","b"]"#)
    }

    @Test("Members keep the order in which they are written, and added ones come behind them")
    func order() {
        var value: JSONValue = ["z": "1", "a": ["y": "2", "b": []]]
        value.add(["m": .null])
        value.add([:])
        #expect(value.text == #"{"z":"1","a":{"y":"2","b":[]},"m":null}"#)
    }

    @Test("Quotes, backslashes and control characters are escaped, in values and in names", arguments: [
        ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\n"#), ("\r", #"\r"#), ("\t", #"\t"#), ("\0", #"\u0000"#), ("\u{1b}", #"\u001b"#),
        ("\u{7f}", #"\u007f"#), ("\u{80}", #"\u0080"#), ("\u{9b}", #"\u009b"#), ("\r\n", #"\r\n"#),
        // Printable text is not escaped.
        ("/", "/"), ("\u{a0}é€😀", "\u{a0}é€😀"), ("e\u{301}", "e\u{301}"),
    ])
    func escapes(_ text: String, _ escaped: String) {
        #expect(JSONValue.string(text).text == "\"\(escaped)\"")
        #expect(JSONValue.object([.init(text, .null)]).text == "{\"\(escaped)\":null}")
    }

    @Test("A JSON reader gets back what was written, whatever characters it holds")
    func roundTrip() throws {
        var random = SplitMix64(seed: 13)
        func text() -> String {
            let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...[0x7f, 0xff, 0x2fff, 0x10ffff].randomElement(using: &random)!, using: &random))
            }
            return String(String.UnicodeScalarView(scalars))
        }
        func value(_ depth: Int) -> JSONValue {
            switch Int.random(in: 0...(depth > 3 ? 3 : 5), using: &random) {
            case 0: return .null
            case 1: return .bool(.random(using: &random))
            case 2: return .number(.random(in: -1000...1000, using: &random))
            case 3: return .string(text())
            case 4: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth + 1) })
            default:
                // The reader refuses two members of one name.
                return .object((0..<Int.random(in: 0...4, using: &random)).map { .init("\($0)\(text())", value(depth + 1)) })
            }
        }
        for _ in 0..<500 {
            let value = value(0)
            #expect(try JSON(value.text) == JSON(value), "\(value.text)")
        }
    }
}

extension JSON {
    /// The same value, as the reader has it.
    fileprivate init(_ value: JSONValue) {
        self = switch value {
        case .null: .null
        case .bool(let isTrue): .bool(isTrue)
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        case .array(let values): .array(values.map { JSON($0) })
        case .object(let members): .object(members.map { Member(name: $0.name, value: JSON($0.value)) })
        }
    }
}
