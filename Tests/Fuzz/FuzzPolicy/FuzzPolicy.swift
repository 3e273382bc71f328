import Fuzzing
import Lint

private let knowledge = CPUKnowledge()

private func read(_ bytes: [UInt8], _ origin: PolicyOrigin) -> Result<Policy, PolicyError> {
    Result { () throws(PolicyError) in
        try Policy.parse(bytes, file: "policy", origin: origin, knownRules: Rule.ids, names: TargetNames(knowledge, hosts: []))
    }
}

/// The input is a policy.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Input(start, count).rest
    let found = read(bytes, .discovered), named = read(bytes, .named)
    expect(found == read(bytes, .discovered), "reading twice gives the same")
    for case .failure(let error) in [found, named] {
        expect(isInside(error, bytes), "an error's place is in the text", "\(error)")
        let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
        expect(lines.count == (error.help == nil ? 1 : 2), "message and help are a line each", "\(lines)")
        let isPlain = error.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control || $0 == "\n" }
        expect(isPlain, "a message holds no control characters", "\(lines)")
    }
    // A stranger's policy can say less than one's own, and nothing else.
    if case .success(let policy) = found {
        expect(named == found, "what a stranger may say, everybody may", "\(named)")
        expect(policy.hosts.allSatisfy { $0.kind != .uri }, "a stranger's policy names no URI", "\(policy.hosts)")
    }
    if case .success(let policy) = named {
        for purpose in [Judge.Purpose.check, .rewrite] {
            let judge = Judge(policy: policy, purpose: purpose, knowledge: knowledge)
            expect(Guests.judged(by: judge) == Guests.judged(by: judge), "judging twice gives the same")
        }
    }
    return 0
}

/// The longest line is taken for all: what ends one, beside \n and \r, is YAML's affair (U+0085, U+2028, U+2029).
private func isInside(_ error: PolicyError, _ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
    let lines = text.split(omittingEmptySubsequences: false) { "\n\r".unicodeScalars.contains($0) }
    let more = text.count { ["\u{85}", "\u{2028}", "\u{2029}"].contains($0) }
    return (1...lines.count + more).contains(error.line) && (1...lines.map(\.count).max()! + 1).contains(error.column)
}
