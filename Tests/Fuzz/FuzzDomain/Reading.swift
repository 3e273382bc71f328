import DomainXML
import Fuzzing
import Lint

/// One pass over a stream, as the filter makes it.
final class Reading: DomainStreamHandler {
    struct Outcome: Equatable {
        var output: [UInt8] = []
        /// The end of the last domain in the output.
        var domainsEnd = 0
        var findings: [Finding] = []
        var remarks: [Remark] = []
        var error: MalformedInput?
    }

    private(set) var outcome = Outcome()
    var error: MalformedInput? { outcome.error }
    /// All that was handed out, unedited.
    private(set) var seen: [UInt8] = []
    private(set) var fixes = 0
    private let judge: Judge
    private let purpose: Judge.Purpose
    private let checks: Bool

    init(_ judging: Judging, checks: Bool = false) {
        judge = judging.judge
        purpose = judging.purpose
        self.checks = checks
    }

    /// - Parameters:
    ///   - cuts: nil for one piece.
    ///   - checks: what can be known of each document, too.
    static func of(_ bytes: [UInt8], _ judging: Judging, _ cuts: Cuts? = nil, checks: Bool = false) -> Reading {
        let reading = Reading(judging, checks: checks)
        let reader = DomainReader(handler: reading)
        do {
            var cuts = cuts, place = 0
            while place < bytes.count {
                let end = min(bytes.count, place + (cuts?.next() ?? bytes.count))
                try bytes[place..<end].withUnsafeBytes { try reader.feed($0) }
                place = end
            }
            try reader.finish()
        } catch let error as MalformedInput {
            reading.outcome.error = error
            let lines = bytes.place(behind: bytes.count).line
            // UTF-16 has bytes that look like a line feed.
            expect(error.position.line >= 1 && error.position.line <= lines, "a fault's line is in the input", "\(error)")
            expect(error.position.column >= 1 && !error.message.contains("\n"), "a fault has a place and a line", "\(error)")
        } catch {
            broken("a reader throws MalformedInput and nothing else", "\(error)")
        }
        return reading
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {
        outcome.output += bytes
        seen += bytes
    }

    func document(_ document: Document) -> Bool {
        let verdict = judge.judge(document)
        outcome.findings += verdict.findings
        outcome.remarks += verdict.remarks
        var edits = verdict.edits
        if purpose == .check {
            edits = verdict.fixes.edits
            fixes += verdict.fixes.findings.count
        }
        let written = document.applying(edits)
        if checks {
            let source = Array(document.bytes)
            expect(document.span.start == seen.count, "a document begins where the last bytes ended")
            checkPlaces(verdict.findings, document, source)
            if purpose == .rewrite { checkEdits(edits, document) }
            expect(written == spliced(source, edits, document), "edits are all that changes")
            compareWithTree(document, source, written)
        }
        outcome.output += written
        outcome.domainsEnd = outcome.output.count
        seen += document.bytes
        return true
    }

    private func checkPlaces(_ findings: [Finding], _ document: Document, _ source: [UInt8]) {
        for finding in findings {
            let part = finding.span
            expect(
                part.start >= document.span.start && part.end <= document.span.end && part.start <= part.end,
                "a finding's place is in its document", "\(finding)")
            guard document.encoding == .utf8 else { continue }
            // Byte order marks are counted as columns nowhere, and the naive count does.
            guard !seen.contains(0xef), !source.contains(0xef) else { continue }
            for (offset, place) in [(part.start, finding.start), (part.end, finding.end)] {
                let naive = (seen + source).place(behind: offset)
                expect(naive == (place.line, place.column), "line and column", "\(finding) \(naive)")
            }
        }
    }

    /// A rewrite touches `<cpu>`, with the white space before it where all of it goes; or inserts one.
    private func checkEdits(_ edits: [Edit], _ document: Document) {
        let source = Array(document.bytes)
        for edit in edits {
            let isAllowed = document.domains.contains { domain in
                guard let cpu = domain.cpu else {
                    return edit.span.count == 0 && edit.span.start >= domain.element.startTag.end
                        && edit.span.start <= domain.element.content.end
                }
                if edit.span.start >= cpu.element.span.start { return edit.span.end <= cpu.element.span.end }
                let before = source[(edit.span.start - document.span.start)..<(cpu.element.span.start - document.span.start)]
                return edit.span.end == cpu.element.span.end && edit.replacement.isEmpty
                    && before.allSatisfy { [0x20, 0x09, 0x0a, 0x0d, 0x00].contains($0) }
            }
            expect(isAllowed, "a rewrite stays inside <cpu>", "\(edit)")
        }
    }

    private func spliced(_ source: [UInt8], _ edits: [Edit], _ document: Document) -> [UInt8] {
        var result: [UInt8] = []
        var place = 0
        for edit in edits.sorted(by: { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }) {
            result += source[place..<(edit.span.start - document.span.start)]
            result += encoded(edit.replacement, document.encoding)
            place = edit.span.end - document.span.start
        }
        return result + source[place...]
    }

    /// Encodes a text, independently of the library.
    private func encoded(_ text: String, _ encoding: DocumentEncoding) -> [UInt8] {
        switch encoding {
        case .utf8: Array(text.utf8)
        case .singleByte: text.unicodeScalars.flatMap { $0.value < 0x80 ? [UInt8($0.value)] : Array("&#\($0.value);".utf8) }
        case .utf16LittleEndian: utf16(text, isBig: false)
        case .utf16BigEndian: utf16(text, isBig: true)
        }
    }
}
