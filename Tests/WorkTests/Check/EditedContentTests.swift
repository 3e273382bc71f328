import DomainXML
import Testing

@testable import Work

@Suite("Content with fixes")
struct EditedContentTests {
    private func text(_ content: EditedContent) -> String { String(decoding: content.bytes, as: UTF8.self) }

    private func edit(_ start: Int, _ end: Int, _ text: String) -> (span: ByteRange, bytes: [UInt8]) {
        (ByteRange(start, end), Array(text.utf8))
    }

    @Test("Edits count the bytes as they are after those before")
    func edits() {
        var content = EditedContent(Array("abcdef".utf8))
        content.apply([])
        #expect(text(content) == "abcdef")
        content.apply([edit(0, 0, "<"), edit(1, 2, "BB"), edit(3, 5, ""), edit(6, 6, ">")])
        #expect(text(content) == "<aBBcf>")
        content.apply([edit(1, 4, "xyz"), edit(4, 4, "-"), edit(5, 7, "")])
        #expect(text(content) == "<xyz-c")
        content.apply([edit(0, 6, "")])
        #expect(text(content).isEmpty)
    }

    @Test("What is not edited is not copied")
    func slices() {
        let bytes = [UInt8](repeating: 0x61, count: 1 << 20)
        var content = EditedContent(bytes)
        content.apply([edit(0, 0, "b"), edit(1 << 19, 1 << 19, "c")])
        let own = bytes.withUnsafeBufferPointer { $0.baseAddress! }
        let places = content.pieces.filter { $0.count > 1 }.map { $0.withUnsafeBufferPointer { $0.baseAddress! } }
        #expect(places == [own, own + (1 << 19)])
    }
}
