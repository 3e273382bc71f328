import DomainXML
import Lint
import TestSupport
import Testing

@Suite("Streams of definitions", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
struct JudgedStreamTests {
    static let policy = "{default: host-model, rules: {fallback-allow: warning}}"

    static func text(_ file: Corpus.File) -> String { String(decoding: file.bytes, as: UTF8.self) }

    @Test("The output and the findings do not depend on how the input is divided")
    func chunks() throws {
        var random = SplitMix64(seed: 20_261_123)
        for file in Corpus.domains.shuffled(using: &random).prefix(120) {
            let text = Self.text(file)
            let whole = try judge(text, policy: Self.policy, purpose: .rewrite)
            let sizes = (0..<13).map { _ in Int.random(in: 1...900, using: &random) }
            for chunks in [[1], sizes] {
                let parts = try judge(text, policy: Self.policy, purpose: .rewrite, chunks: chunks)
                #expect(parts.output == whole.output, "\(file)")
                #expect(parts.findings == whole.findings, "\(file)")
            }
        }
    }

    @Test("A stream of all definitions gives the same output and findings as the single definitions")
    func concatenation() throws {
        var stream = "", expected = ""
        var findings: [Finding] = []
        var lines = 0
        for file in Corpus.domains {
            let text = Self.text(file)
            let one = try judge(text, policy: Self.policy, purpose: .rewrite)
            stream += text
            expected += one.output
            // Positions are counted from the beginning of the stream.
            findings += one.findings.map { finding in
                var finding = finding
                finding.start.line += lines
                finding.end.line += lines
                return finding
            }
            lines += text.utf8.count { $0 == 0x0a }
            #expect(text.hasSuffix("\n"), "\(file)")
        }
        let whole = try judge(stream, policy: Self.policy, purpose: .rewrite, chunks: [4096, 70_000, 17])
        #expect(whole.output == expected)
        #expect(whole.findings.map { "\($0.start) \($0.end) \($0.rule) \($0.message)" }
            == findings.map { "\($0.start) \($0.end) \($0.rule) \($0.message)" })
    }
}
