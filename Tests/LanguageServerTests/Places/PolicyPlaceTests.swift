import TestSupport
import Testing

@testable import LanguageServer

@Suite("What stands at a place in a policy")
struct PolicyPlaceTests {
    private func place(_ text: String) -> (PolicyPlace?, String) {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let document = TextDocument(parts.joined(), .utf16)
        let place = PolicyPlace(at: parts[0].utf8.count, in: document)
        return (place, place.map { document.text($0.word) } ?? "")
    }

    @Test("Keys, values and words that can become either", arguments: [
        ("def|", PolicyPlace.Role.either, [], "def"), ("|", .either, [], ""), ("def|ault: keep", .key, [], "default"),
        ("default: |", .value, ["default"], ""), ("default: Has|well # x", .value, ["default"], "Haswell"),
        ("rules:\n  host-pass|", .either, ["rules"], "host-pass"), ("rules:\n  |", .either, ["rules"], ""), ("rules:\n  \n|", .either, [], ""),
        ("rules:\n  host-passthrough: wa|", .value, ["rules", "host-passthrough"], "wa"), ("rules: {host-passthrough: |", .value, ["rules", "host-passthrough"], ""),
        ("rules: {a: off, ch|", .key, ["rules"], "ch"), ("rules: {a: off, |}", .key, ["rules"], ""),
        ("default:\n  model: |", .value, ["default", "model"], ""), ("default: {model: EPYC, features: {pcid: re|}}", .value, ["default", "features", "pcid"], "re"),
        ("default: {model: EPYC, features: [pc|]}", .value, ["default", "features"], "pc"), ("default: {features: {pcid: require}, mo|", .key, ["default"], "mo"),
        ("guests:\n  - match: {na|", .key, ["guests", "match"], "na"), ("guests:\n- match: {name: \"x\"}\n  def|", .either, ["guests"], "def"),
        ("guests:\n  - match:\n      name: x\n    rules:\n      check-none: |", .value, ["guests", "rules", "check-none"], ""),
        ("guests:\n  - |", .either, ["guests"], ""), ("guests:\n  - match: {name: x}\n    rules:\n      |", .either, ["guests", "rules"], ""),
        ("guests:\n  # about it\n\n  - default: |", .value, ["guests", "default"], ""), ("hosts:\n  - hosts/*.xml\n  - |", .either, ["hosts"], ""),
        ("windows: keep\r\nmigration: |", .value, ["migration"], ""), ("  x: |", .value, ["x"], ""), ("a:\n    b: 1\n  |  c: 1", .key, ["a"], ""),
    ] as [(String, PolicyPlace.Role, [String], String)])
    func places(_ text: String, _ role: PolicyPlace.Role, _ path: [String], _ word: String) throws {
        let (found, letters) = place(text)
        let place = try #require(found)
        #expect(place.role == role)
        #expect(place.path == path)
        #expect(letters == word)
    }

    @Test("In a comment there is nothing", arguments: ["# x|", "default: keep # |", "rules:\n  # a|\n"])
    func comments(_ text: String) { #expect(place(text).0 == nil) }

    @Test("Every place of the example can be asked for")
    func everywhere() {
        let text = String(decoding: Definitions.example("virt-cpu.yaml"), as: UTF8.self)
        for end in stride(from: 0, through: text.utf8.count, by: 5) {
            let document = TextDocument(String(decoding: Array(text.utf8)[..<end], as: UTF8.self), .utf16)
            for offset in stride(from: 0, through: end, by: 3) {
                guard let word = PolicyPlace(at: offset, in: document)?.word else { continue }
                #expect(word.lowerBound <= offset && offset <= word.upperBound && word.upperBound <= document.bytes.count)
            }
        }
    }
}
