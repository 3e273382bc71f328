import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Files")
struct FilesTests {
    private let directory = TemporaryDirectory()

    private func refusal(_ path: String, limit: Int = Files.sizeLimit) -> String? {
        #expect(throws: IOFailure.self) { try Files.read(FilePath(path), limit: limit) }?.shown
    }

    @Test("A file is read up to the limit and not beyond", arguments: [0, 1, 65_535, 65_536, 200_000])
    func limit(_ count: Int) throws {
        let bytes = [UInt8](repeating: 7, count: count)
        directory.write(Array("a".utf8), bytes)
        let path = "\(directory.path)/a"
        #expect(try Files.read(FilePath(path), limit: count) == bytes)
        if count > 0 { #expect(refusal(path, limit: count - 1) == "virt-cpu: error: \(path): larger than \(count - 1) bytes") }
    }

    @Test("Directories, FIFOs and devices are not files", .timeLimit(.minutes(Corpus.patience)))
    func special() {
        let fifo = "\(directory.path)/fifo"
        mkfifo(fifo, 0o600)
        for path in [directory.path, fifo, "/dev/zero"] { #expect(refusal(path) == "virt-cpu: error: \(path): not a regular file") }
        #expect(refusal("/none/\u{1b}") == "virt-cpu: error: /none/\u{241b}: No such file or directory")
    }

    @Test("Existing files, directories and links are told apart")
    func kinds() {
        let file = FilePath(directory.write("a", ""))
        directory.link("link", to: "a")
        directory.link("dangling", to: "none")
        let link = FilePath("\(directory.path)/link"), dangling = FilePath("\(directory.path)/dangling"), here = FilePath(directory.path)
        #expect(Files.exists(file) && Files.exists(link) && Files.exists(here) && !Files.exists(dangling))
        #expect(Files.isDirectory(here) && !Files.isDirectory(file) && !Files.isDirectory(dangling))
        #expect(Files.isSymbolicLink(link) && Files.isSymbolicLink(dangling) && !Files.isSymbolicLink(file))
        #expect(Files.real(link) == file && Files.real(dangling) == nil)
    }

    @Test("The nearest directory of a file that does not exist is the lowest one above it that does")
    func nearestDirectory() {
        let lab = FilePath(directory.makeDirectory("vms/lab"))
        #expect(Files.nearestDirectory(of: lab.appending("a.xml")) == lab)
        #expect(Files.nearestDirectory(of: lab.appending("x").appending("y").appending("a.xml")) == lab)
        #expect(Files.nearestDirectory(of: "a.xml") == ".")
        #expect(Files.nearestDirectory(of: "/a.xml") == "/")
    }

    @Test("A path keeps bytes that are not UTF-8")
    func bytes() {
        let bytes: [UInt8] = [0x2f, 0x61, 0xff, 0xc3, 0x28]
        #expect(FilePath(bytes: bytes).bytes == bytes)
    }
}
