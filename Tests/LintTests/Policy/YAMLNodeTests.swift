import TestSupport
import Testing

@testable import Lint

@Suite("YAML")
struct YAMLNodeTests {
    @Test("A tree has the order and the positions of its nodes") func positions() throws {
        let root = try YAMLNode.parse(Array("b: [x, \"ü\", 'z']\na:\n  - c: |\n      d\n".utf8), file: "p.yaml")
        guard case .mapping(let pairs) = root.value, case .sequence(let words) = pairs[0].value.value,
            case .sequence(let list) = pairs[1].value.value, case .mapping(let inner) = list[0].value
        else {
            Issue.record("\(root)")
            return
        }
        #expect(pairs.map(\.name) == ["b", "a"])
        #expect(
            words == [
                YAMLNode(value: .scalar("x", isPlain: true), line: 1, column: 5),
                YAMLNode(value: .scalar("ü", isPlain: false), line: 1, column: 8),
                YAMLNode(value: .scalar("z", isPlain: false), line: 1, column: 13),
            ])
        #expect(inner[0].key == YAMLNode(value: .scalar("c", isPlain: true), line: 3, column: 5))
        #expect(inner[0].value == YAMLNode(value: .scalar("d\n", isPlain: false), line: 3, column: 8))
    }

    static let refused: [(text: String, place: String, message: String)] = [
        ("default: &a keep", "1:10", "'&a' is a YAML anchor, which a policy cannot use"),
        ("rules: &a {}", "1:8", "'&a' is a YAML anchor, which a policy cannot use"),
        ("hosts: &a []", "1:8", "'&a' is a YAML anchor, which a policy cannot use"),
        ("hosts:\n  - *a", "2:5", "'*a' is a YAML alias, which a policy cannot use"),
        ("<<: *a", "1:5", "'*a' is a YAML alias, which a policy cannot use"),
        ("default: !!str keep", "1:10", "'tag:yaml.org,2002:str' is a YAML tag, which a policy cannot use"),
        ("default: ! keep", "1:10", "'!' is a YAML tag, which a policy cannot use"),
        ("rules: !x {}", "1:8", "'!x' is a YAML tag, which a policy cannot use"),
        ("hosts: !x []", "1:8", "'!x' is a YAML tag, which a policy cannot use"),
        ("default: keep\n---\ndefault: pin", "2:1", "a policy must be one YAML document, but a second one starts here"),
        ("---\n...\n---\n", "3:1", "a policy must be one YAML document, but a second one starts here"),
        ("? [a]\n: b", "1:3", "a key must be a word, not a list"),
        ("a: \u{1}", "1:4", "control characters are not allowed"),
        ("é\r\nb\rü\u{1}", "3:2", "control characters are not allowed"),
        (
            "hosts: [*.xml]", "1:10",
            "not valid YAML: did not find expected alphabetic or numeric character while scanning an alias"
        ),
        ("a: b: c", "1:5", "not valid YAML: mapping values are not allowed in this context"),
        (
            "default: @x", "1:10",
            "not valid YAML: found character that cannot start any token while scanning for the next token"
        ),
        (
            "rules:\n\tcheck-none: off", "2:1",
            "not valid YAML: found character that cannot start any token while scanning for the next token"
        ),
        // For a construct without an end, the position where it begins is reported.
        (
            "default: \"keep\n", "1:10",
            "not valid YAML: found unexpected end of stream while scanning a quoted scalar"
        ),
        ("hosts: [a,\n  b\n", "1:8", "not valid YAML: did not find expected ',' or ']' while parsing a flow sequence"),
        ("\n {default: keep", "2:2", "not valid YAML: did not find expected ',' or '}' while parsing a flow mapping"),
    ]

    @Test("Anchors, aliases, tags, several documents and invalid YAML are refused", arguments: refused)
    func refusals(text: String, place: String, message: String) {
        let line = complaint(text)?.split(separator: "\n").first
        #expect(line.map(String.init) == "p.yaml:\(place): error: \(message)")
    }

    @Test("The help names the usual cause", arguments: [
        ("hosts: [*.xml]", "quote a pattern that starts with '*'"),
        ("hosts: [*a]", "quote a pattern that starts with '*'"),
        ("rules:\n\tcheck-none: off", "indent YAML with spaces, not with tabs"),
        ("default: !x", "quote a value that starts with '!'"),
        ("default: `x`", "quote a value that starts with this character"),
    ])
    func help(text: String, help: String) {
        #expect(complaint(text)?.hasSuffix("\n    = help: \(help)") == true)
    }

    @Test("Bytes that are not UTF-8 are refused with their position") func encoding() {
        for (bytes, place) in [
            (Array("é: x\nä".utf8) + [0xFF], (2, 2)), ([0xC3], (1, 1)), ([0xFF, 0xFE, 0x61, 0x00], (1, 1)),
        ] {
            #expect(throws: PolicyError(file: "p", line: place.0, column: place.1, message: "not valid UTF-8")) {
                try YAMLNode.parse(bytes, file: "p")
            }
        }
    }

    @Test("An exponential expansion is refused at its first anchor") func expansion() {
        var text = "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
        for (letter, before) in zip("bcdefghi", "abcdefgh") {
            text += "\(letter): &\(letter) [\((1...9).map { _ in "*\(before)" }.joined(separator: ","))]\n"
        }
        #expect(complaint(text)?.hasPrefix("p.yaml:1:4: error: '&a' is a YAML anchor") == true)
    }

    @Test("Nesting is limited") func depth() throws {
        let depth = YAMLNode.maximumDepth
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try YAMLNode.parse(nested(depth), file: "p")
        #expect(throws: PolicyError(file: "p", line: 1, column: depth + 1, message: "lists and mappings are nested more than 32 levels deep")) {
            try YAMLNode.parse(nested(depth + 1), file: "p")
        }
    }

    @Test("The size is limited") func size() throws {
        let longest = [UInt8](repeating: UInt8(ascii: "#"), count: YAMLNode.maximumSize)
        #expect(try YAMLNode.parse(longest, file: "p").value == .mapping([]))
        #expect(
            throws: PolicyError(
                file: "p", line: 1, column: 1, message: "the policy is too large: 1048577 bytes (the limit is 1048576)")
        ) {
            try YAMLNode.parse(longest + [10], file: "p")
        }
    }

    @Test(
        "A megabyte of the same text is read or refused in time", .timeLimit(.minutes(Corpus.patience)),
        arguments: ["[", "{", "- ", "? ", "'", "\"", "a: ", "a,", "[a,", "{a: ", "! ", "&a ", "|\n", "\n ", "é", "%", "#"])
    func repetition(unit: String) {
        let count = (YAMLNode.maximumSize - 8) / unit.utf8.count
        _ = complaint(String(repeating: unit, count: count))
        _ = complaint("hosts: [" + String(repeating: unit, count: (count * unit.utf8.count - 8) / unit.utf8.count))
    }

    @Test("The time is linear in the number of keys and features", .timeLimit(.minutes(Corpus.patience)))
    func time() {
        let keys = (0..<100_000).map { "k\($0): " }.joined(separator: "\n")
        #expect(complaint(keys)?.hasPrefix("p.yaml:1:1: error: unknown key 'k0'") == true)
        let features = (0..<100_000).map { "f\($0)" }.joined(separator: ",")
        #expect(complaint("default: {model: X, features: [\(features)]}") == nil)
    }

    @Test("Every prefix of a policy is valid, or has an error with a position inside it") func prefixes() {
        let text = "hosts: ['a*', \"b\"]\ndefault: {model: X, features: {é: force}}\nguests:\n  - match: {name: x}\n"
        for end in text.indices {
            let prefix = String(text[..<end])
            let lines = prefix.split(separator: "\n", omittingEmptySubsequences: false)
            guard let complaint = complaint(prefix) else { continue }
            let numbers = complaint.split(separator: ":").dropFirst().prefix(2).compactMap { Int($0) }
            #expect(numbers.count == 2 && numbers[0] <= lines.count, "\(prefix): \(complaint)")
            #expect(numbers[1] <= lines[numbers[0] - 1].count + 1, "\(prefix): \(complaint)")
        }
    }
}
