import Glibc
import TestSupport
import Testing

@testable import Work

@Suite("Cutting an input into records")
struct RecordReaderTests {
    /// The records of an input that arrives in pieces, with `…` for one that is too long.
    private func records(_ pieces: [String], _ framing: RecordFraming = .ndjson, limit: Int = 1 << 20) throws -> [String] {
        let pipe = fifo()
        defer {
            close(pipe.read)
            close(pipe.write)
        }
        let input = StandardInput(Channels(input: pipe.read, output: -1, errors: -1))
        var rest = pieces[...]
        // The reader asks before it waits; the next piece is written then, so each is read by itself.
        var end = pipe.write
        let reader = RecordReader(input, framing, limit: limit) {
            if let piece = rest.popFirst() {
                writeAll(Array(piece.utf8), to: end)
            } else if end >= 0 {
                close(end)
                end = -1
            }
        }
        defer { if end >= 0 { close(end) } }
        var records: [String] = []
        while let piece = try reader.next() {
            switch piece {
            case .record(let bytes): records.append(String(decoding: bytes, as: UTF8.self))
            case .tooLong(let bytes): records.append(String(decoding: bytes.prefix(8), as: UTF8.self) + "…")
            }
        }
        return records
    }

    @Test("Records are the same wherever the input is cut")
    func cuts() throws {
        let text = "one\n\ntwo\nthree and more\nlast"
        let expected = ["one", "", "two", "three and more", "last"]
        for cut in 0...text.utf8.count {
            let place = text.utf8.index(text.startIndex, offsetBy: cut)
            #expect(try records([String(text[..<place]), String(text[place...])].filter { !$0.isEmpty }) == expected, "\(cut)")
        }
        #expect(try records(text.map(String.init)) == expected)
        #expect(try records([text + "\n"]) == expected)
        #expect(try records(["a\nb\0c\0"], .nul) == ["a\nb", "c"])
        #expect(try records([]) == [])
    }

    @Test("A record over the limit is passed over to its end, whatever its length, and its neighbours are whole")
    func tooLong() throws {
        let long = String(repeating: "x", count: 50_000)
        for count in [1, 5, 20] {
            let pieces = ["before\nlong:", "123"] + Array(repeating: long, count: count) + ["\nafter\n"]
            #expect(try records(pieces, limit: 1000) == ["before", "long:123…", "after"])
        }
        #expect(try records(["a\n" + long], limit: 1000) == ["a", "xxxxxxxx…"])
    }
}
