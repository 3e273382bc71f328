import DomainXML
import Lint
import TestSupport
import Testing

@Suite("The places of fixes")
struct EditRangeTests {
    @Test("They are the positions of the bytes that the edits replace", arguments: ["utf-8", "utf-16"])
    func positions(_ encoding: String) throws {
        var count = 0
        let heads = ["", "<!-- \u{e9}\u{1f600}\n\n -->", "\n\r\n  "]
        for head in heads {
            let text = head + Definitions.fixable + "\n" + Definitions.fixable
            let bytes = encoding == "utf-8" ? Array(text.utf8) : ("\u{feff}" + text).utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
            try readDocuments(bytes) { document in
                for finding in Judge(policy: Policy(), hosts: [], purpose: .check).judge(document, named: "a.xml").findings {
                    #expect(finding.editRanges.count == finding.edits.count)
                    for (edit, range) in zip(finding.edits, finding.editRanges) {
                        count += 1
                        #expect(range == SourceRange(start: Self.position(edit.span.start, in: bytes, encoding), end: Self.position(edit.span.end, in: bytes, encoding)))
                    }
                }
            }
        }
        #expect(count >= 2 * heads.count)
    }

    private static func position(_ offset: Int, in bytes: [UInt8], _ encoding: String) -> SourcePosition {
        var before: String
        if encoding == "utf-8" {
            before = String(decoding: bytes[..<offset], as: UTF8.self)
        } else {
            before = String(decoding: stride(from: 2, to: offset, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }, as: UTF16.self)
        }
        let lines = before.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return SourcePosition(line: lines.count, column: (lines.last?.count ?? 0) + 1)
    }
}
