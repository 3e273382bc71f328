import Glibc
import TestSupport
import Testing
import Work

@Suite("Buffered output")
struct OutputStreamTests {
    @Test("What is written arrives in order, whatever the sizes of the pieces", arguments: [1, 100, 60_000, 70_000, 300_000])
    func order(_ size: Int) throws {
        let file = ScratchFile()
        let stream = OutputStream(file.descriptor)
        var expected: [UInt8] = []
        var random = SplitMix64(seed: UInt64(size))
        for _ in 0..<(size < 1000 ? 5000 : 20) {
            let piece = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: Int.random(in: 0...size, using: &random))
            try piece.withUnsafeBytes { try stream.write($0) }
            expected += piece
        }
        try stream.write("é\n")
        try stream.flush()
        let isSame = file.contents == expected + Array("é\n".utf8)
        #expect(isSame)
    }

    @Test("Small pieces are kept until the stream is flushed")
    func buffered() throws {
        let file = ScratchFile()
        let stream = OutputStream(file.descriptor)
        try stream.write("a")
        #expect(file.contents == [])
        try stream.flush()
        try stream.flush()
        #expect(file.contents == Array("a".utf8))
    }

    @Test("A full disk is reported, and a failed flush is not tried again")
    func full() throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        let stream = OutputStream(full)
        try stream.write("a")
        let error = #expect(throws: IOFailure.self) { try stream.flush() }
        #expect(error?.shown == "virt-cpu: error: cannot write to stdout: No space left on device")
        try stream.flush()
    }

    @Test("Messages end with a line feed, and one that cannot be printed is dropped")
    func complaints() {
        let file = ScratchFile()
        let channels = Channels(input: -1, output: -1, errors: file.descriptor)
        channels.complain("one")
        channels.complain("two\n")
        channels.sendErrors("three")
        #expect(file.contents == Array("one\ntwo\nthree".utf8))
        Channels(input: -1, output: -1, errors: -1).complain("lost")
    }
}
