import Glibc
@testable import Hosts
import TestSupport
import Testing

@Suite("Reading regular files")
struct RegularFileTests {
    /// Gives the path of a file with these bytes, in a directory of its own.
    static func withFile(_ bytes: [UInt8], _ body: (_ path: String) throws -> Void) throws {
        let directory = TemporaryDirectory()
        directory.write(Array("file".utf8), bytes)
        try body("\(directory.path)/file")
    }

    @Test("A file of up to the limit is read whole", arguments: [0, 1, 1000, 65_536, 200_000])
    func whole(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try Self.withFile(bytes) { (path) throws in
            #expect(try RegularFile.read(path, limit: count) == bytes)
            #expect(try RegularFile.read(path, limit: 1 << 20) == bytes)
            if count > 0 {
                #expect(throws: FileReadingError.tooLarge(limit: count - 1)) {
                    try RegularFile.read(path, limit: count - 1)
                }
            }
        }
    }

    @Test("A file has a content if no byte differs and none is missing", arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func content(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        func has(_ content: [UInt8], _ path: String) throws -> Bool {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            defer { close(descriptor) }
            return try RegularFile.has(content, descriptor: descriptor)
        }
        try Self.withFile(bytes) { (path) throws in
            #expect(try has(bytes, path))
            #expect(try !has(bytes + [0], path))
            if count > 0 {
                #expect(try !has(bytes.dropLast(), path))
                #expect(try !has(bytes.dropLast() + [bytes[count - 1] ^ 1], path))
                #expect(try !has([bytes[0] ^ 1] + bytes.dropFirst(), path))
            }
        }
    }

    @Test("The beginning of a file is as long as is asked for, or the file")
    func beginning() throws {
        try Self.withFile([1, 2, 3]) { (path) throws in
            #expect(try RegularFile.beginning(platformPath: path, most: 2) == [1, 2])
            #expect(try RegularFile.beginning(platformPath: path, most: 4) == [1, 2, 3])
        }
        #expect(throws: FileReadingError.notRegular) { try RegularFile.beginning(platformPath: "/", most: 1) }
    }

    @Test("A file whose size the system does not tell is read to its end")
    func unknownSize() throws {
        let path = "/proc/self/status"
        #expect(try RegularFile.read(path, limit: 1 << 20).starts(with: "Name:".utf8))
        #expect(throws: FileReadingError.tooLarge(limit: 10)) { try RegularFile.read(path, limit: 10) }
    }

    @Test("A FIFO, a directory and a device are refused without waiting")
    func notRegular() throws {
        try Self.withFile([]) { (path) throws in
            unlink(path)
            try #require(mkfifo(path, 0o600) == 0)
            #expect(throws: FileReadingError.notRegular) { try RegularFile.read(path, limit: 100) }
        }
        for path in ["/tmp", "/dev/zero"] {
            #expect(throws: FileReadingError.notRegular) { try RegularFile.read(path, limit: 100) }
        }
    }

    @Test("An error of the system has its number and its words")
    func systemError() {
        #expect(throws: FileReadingError.system(errno: ENOENT)) { try RegularFile.read("/nonexistent", limit: 100) }
        #expect("\(FileReadingError.system(errno: ENOENT))" == "No such file or directory")
    }

    @Test("A path need not be UTF-8")
    func bytesAsPath() throws {
        try Self.withFile(Array("x".utf8)) { (path) throws in
            let other = Array("\(path)-".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
            try #require(rename(path, other) == 0)
            defer { rename(other, path) }
            #expect(try RegularFile.read(platformPath: other, limit: 1) == Array("x".utf8))
        }
    }
}
