import DomainXML
import Glibc
import SystemPackage
import TestSupport
import Testing

import Work

/// Directories that are not, any more, what they were when they were listed.
@Suite("Walking directories")
struct WalkTests {
    private final class Nothing: DomainStreamHandler {
        func passThrough(_ bytes: UnsafeRawBufferPointer) {}
        func document(_ document: Document) -> Bool { true }
    }

    @Test("A file that has become a FIFO since it was found is not waited for", .timeLimit(.minutes(Corpus.patience)))
    func fifo() throws {
        let directory = TemporaryDirectory()
        let path = directory.write("a.xml", Definitions.passthrough)
        let found = InputFile.files(named: [FilePath(directory.path)]) { _ in }
        #expect(found.count == 1)
        unlink(path)
        try #require(mkfifo(path, 0o600) == 0)
        let error = #expect(throws: IOFailure.self) { try found[0].read(with: DomainReader(maximumDomainSize: 1 << 20), into: Nothing()) }
        #expect(error?.shown == "virt-cpu: error: \(path): not a regular file")
    }

    @Test("No name's control characters reach a terminal, the second set's neither", arguments: ["text", "json", "json-lines", "sarif", "github"])
    func controls(_ format: String) throws {
        let directory = TemporaryDirectory()
        let name = "\u{9b}31m\u{7f}\u{1b}[31m.xml"
        directory.write(name, Definitions.passthrough)
        let outcome = Program(["check", "--no-config", "--default", "keep", "--format", format, "."], in: directory.path).run()
        #expect(outcome.status == 0)
        #expect(outcome.text.contains("31m"))
        #expect(!outcome.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7f..<0xa0).contains($0.value) })
        if format == "json-lines" { #expect(try JSON(outcome.text.dropLast())["file"] == .string(name)) }
    }

    @Test("What cannot be looked at is said: a path that is longer than the system takes")
    func tooLong() throws {
        let directory = TemporaryDirectory()
        directory.write("good.xml", Definitions.passthrough)
        let name = String(repeating: "d", count: 250)
        var place = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for _ in 0..<20 {
            try #require(mkdirat(place, name, 0o755) == 0)
            let inner = openat(place, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            close(place)
            place = inner
        }
        close(place)
        let outcome = Program(["check", "--no-config", "--default", "keep", "."], in: directory.path).run()
        #expect(outcome.status == 2)
        #expect(outcome.text.contains("good.xml"))
        #expect(outcome.errors.contains("File name too long"))
        // Its own path by path would be too long for whoever clears up.
        var remove = Program(["-rf", "\(directory.path)/\(name)"])
        remove.executable = "/bin/rm"
        #expect(remove.run().status == 0)
    }
}
