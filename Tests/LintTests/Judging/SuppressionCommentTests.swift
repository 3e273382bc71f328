import DomainXML
import Lint
import TestSupport
import Testing

@Suite("Comments that suppress findings")
struct SuppressionCommentTests {
    /// What is found in a document, what the comment suppresses, and the document with the comment.
    private struct Result {
        var found: [Finding] = []
        var suppressed: [Finding] = []
        var original: [UInt8] = []
        var written: [UInt8] = []
    }

    private func apply(_ comment: SuppressionComment, to bytes: [UInt8]) throws -> Result {
        var results: [Result] = []
        try readDocuments(bytes) { document in
            let found = Judge(policy: Policy(), hosts: [], purpose: .check).judge(document, named: "a.xml").findings
            let (edits, suppressed) = comment.fixes(for: document, found)
            results.append(Result(found: found, suppressed: suppressed, original: document.applying([]), written: document.applying(edits)))
        }
        return try #require(results.count == 1 ? results[0] : nil)
    }

    @Test("Once the comment is written, the rule finds nothing there, and nothing else has changed", arguments: [
        "utf-8", "utf-16le", "utf-16be", "iso-8859-1",
    ])
    func suppressed(_ encoding: String) throws {
        let comment = try SuppressionComment(rules: ["host-passthrough", "check-none"], reason: "GPU  lab\n")
        for text in Self.definitions {
            let bytes = encoded(text, encoding)
            let result = try apply(comment, to: bytes), written = result.written
            try #require(result.found.contains { $0.rule == "host-passthrough" })
            #expect(result.suppressed == result.found.filter { $0.rule == "host-passthrough" })
            let again = try apply(comment, to: written)
            #expect(again.found.map(\.rule) == result.found.map(\.rule).filter { $0 != "host-passthrough" })
            #expect(again.written == written)
            let inserted = encoded("<!-- virt-cpu: ignore host-passthrough - GPU lab -->", encoding)
            #expect(written.count - result.original.count >= inserted.count)
            #expect(Self.removing(inserted, from: written).count == written.count - inserted.count)
        }
    }

    private static let definitions = [
        Definitions.passthrough,
        Definitions.passthrough.replacing("\n", with: "\r\n"),
        Definitions.passthrough.replacing("\n", with: ""),
        Definitions.passthrough.replacing("<cpu", with: "<!-- it's ours --><cpu"),
    ]

    private func encoded(_ text: String, _ encoding: String) -> [UInt8] {
        switch encoding {
        case "utf-16le": (text.hasPrefix("<domain") ? "\u{feff}" + text : text).utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        case "utf-16be": (text.hasPrefix("<domain") ? "\u{feff}" + text : text).utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
        case "iso-8859-1" where text.hasPrefix("<domain"): Array("<?xml version='1.0' encoding='iso-8859-1'?>\(text)".utf8)
        default: Array(text.utf8)
        }
    }

    private static func removing(_ part: [UInt8], from bytes: [UInt8]) -> [UInt8] {
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: part) }) else { return bytes }
        return Array(bytes[..<start] + bytes[(start + part.count)...])
    }

    @Test("The comment stands on a line of its own before <cpu>, in the file's indentation")
    func place() throws {
        let comment = try SuppressionComment(rules: ["host-passthrough"], reason: "GPU lab")
        let written = String(decoding: try apply(comment, to: Array(Definitions.passthrough.utf8)).written, as: UTF8.self)
        #expect(written.contains("\n  <!-- virt-cpu: ignore host-passthrough - GPU lab -->\n  <cpu mode='host-passthrough'/>\n"))
    }

    @Test("A reason that the encoding may lack is not written in part")
    func encodings() throws {
        let comment = try SuppressionComment(rules: ["host-passthrough"], reason: "für die GPU")
        let bytes = encoded(Definitions.passthrough, "iso-8859-1")
        let result = try apply(comment, to: bytes)
        #expect(result.written == result.original && result.found.contains { $0.rule == "host-passthrough" })
    }

    @Test("What a comment cannot hold is refused", arguments: [
        ("check-nune", "x", "unknown rule 'check-nune' (did you mean 'check-none'?)"), ("check-none", " ", "the reason is empty"),
        ("check-none", "a -- b", "the reason 'a -- b' contains --"), ("check-none", "so-", "ends in -"), ("check-none", "a\u{1}", "U+1"),
        ("suppression", "x", "cannot suppress the rule suppression"),
    ])
    func refused(_ rule: String, _ reason: String, _ message: String) {
        do throws(SuppressionCommentError) {
            _ = try SuppressionComment(rules: [rule], reason: reason)
            Issue.record("accepted")
        } catch {
            #expect(error.description.contains(message))
        }
    }
}
