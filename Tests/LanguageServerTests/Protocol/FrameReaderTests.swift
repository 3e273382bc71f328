import Testing

@testable import LanguageServer

@Suite("Messages in a stream of bytes")
struct FrameReaderTests {
    /// What is read of a stream that comes in pieces.
    private func frames(_ text: String, pieces: Int = Int.max) -> [FrameReader.Frame] {
        var reader = FrameReader(), frames: [FrameReader.Frame] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            reader.add(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            while let frame = reader.next() { frames.append(frame) }
        }
        return frames
    }

    private func content(_ text: String) -> FrameReader.Frame { .content(Array(text.utf8)) }

    @Test("Messages are found however the stream is cut", arguments: [1, 2, 3, 7, 1000])
    func pieces(_ size: Int) {
        let stream = "Content-Length: 2\r\n\r\n{}Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:5\r\n\r\nab\r\n\nContent-Length: 0\r\n\r\n"
        #expect(frames(stream, pieces: size) == [content("{}"), content("ab\r\n\n"), content("")])
    }

    @Test("After a malformed header, reading goes on with the next message", arguments: [
        "Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n", "Content-Length: \r\n\r\n",
        "Content-Type: a\r\n\r\n", "garbage\r\n\r\n", "\r\n\r\n", "{\"jsonrpc\":\"2.0\"}", "Content-Length: 99999999999999999999\r\n\r\n",
    ], [1, 1000])
    func malformed(_ header: String, pieces: Int) {
        let all = frames(header + "Content-Length: 4\r\n\r\ntrue", pieces: pieces)
        #expect(all.last == content("true"))
        #expect(all.count >= 2)
        for frame in all.dropLast() {
            guard case .malformed(let error) = frame else {
                Issue.record("\(frame)")
                continue
            }
            #expect(error.code == .invalidRequest)
        }
    }

    @Test("What is read does not depend on how a malformed stream is cut", arguments: [1, 13, 4099, 4100, 4101])
    func cuts(_ size: Int) {
        let long = String(repeating: "x", count: 5000)
        for stream in [long + "\r\n\r\nContent-Length: 1\r\n\r\n1", long + long + "Content-Length: 1\r\n\r\n1", "a\r\n\r\nContent-Len", "a\r\n\r\n" + long] {
            #expect(frames(stream, pieces: size) == frames(stream))
        }
    }

    @Test("A header without an end is dropped, and memory stays small")
    func endless() {
        var reader = FrameReader(), count = 0
        for _ in 0..<100 {
            reader.add(Array(repeating: UInt8(ascii: "x"), count: 3000))
            while reader.next() != nil { count += 1 }
        }
        #expect((1...200).contains(count))
        reader.add(Array("Content-Length: 1\r\n\r\n1".utf8))
        var last: FrameReader.Frame?
        while let frame = reader.next() { last = frame }
        #expect(last == content("1"))
    }

    @Test("A message that is too long is skipped, and the next is read")
    func tooLong() {
        var reader = FrameReader()
        let length = FrameReader.mostContent + 1
        reader.add(Array("Content-Length: \(length)\r\n\r\n".utf8))
        guard case .malformed? = reader.next() else {
            Issue.record("it is not refused")
            return
        }
        let piece = [UInt8](repeating: 0x20, count: 1 << 20)
        for _ in 0..<length >> 20 {
            reader.add(piece)
            #expect(reader.next() == nil)
        }
        reader.add(Array(" Content-Length: 1\r\n\r\n1".utf8))
        #expect(reader.next() == content("1"))
    }
}
