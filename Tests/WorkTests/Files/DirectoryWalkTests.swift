import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Walking directories")
struct DirectoryWalkTests {
    private func walk(_ directory: TemporaryDirectory, most: Int = DirectoryWalk.limit) -> (found: [String], failures: [String]) {
        var failures: [String] = []
        let found = DirectoryWalk.definitions(below: FilePath(directory.path), most: most) { failures.append($0.shown) }
        return (found.map { String($0.string.dropFirst(directory.path.count + 1)) }, failures)
    }

    @Test("Regular *.xml files in byte order of their paths")
    func order() {
        let directory = TemporaryDirectory()
        for name in ["b.xml", "a/z.xml", "a.xml", "B.xml", "\u{e9}.xml", "a-b.xml", "a.xml.bak", "notes.txt", "xml", "deep/er/c.xml"] {
            directory.write(name, "")
        }
        directory.makeDirectory("directory.xml")
        let (found, failures) = walk(directory)
        #expect(found == ["B.xml", "a-b.xml", "a.xml", "a/z.xml", "b.xml", "deep/er/c.xml", "\u{e9}.xml"])
        #expect(failures == [])
    }

    @Test("Hidden names, FIFOs and links to directories are skipped; links to files are followed")
    func skipped() {
        let directory = TemporaryDirectory(), outside = TemporaryDirectory()
        for name in [".a.xml", ".git/b.xml", "c/.d.xml", "e.xml"] { directory.write(name, "") }
        mkfifo("\(directory.path)/fifo.xml", 0o600)
        directory.link("link.xml", to: outside.write("f.xml", ""))
        directory.link("directory.xml", to: outside.path)
        directory.link("elsewhere", to: outside.path)
        directory.link("loop", to: ".")
        directory.link("loop.xml", to: "loop.xml")
        directory.link("dangling.xml", to: "nowhere")
        let (found, failures) = walk(directory)
        #expect(found == ["e.xml", "link.xml"])
        #expect(failures == [])
    }

    @Test("Too many definitions: none is returned, and the limit is reported")
    func limit() {
        let directory = TemporaryDirectory()
        for number in 0...3 { directory.write("\(number % 2)/\(number).xml", "") }
        #expect(walk(directory, most: 4).found.count == 4)
        let (found, failures) = walk(directory, most: 3)
        #expect(found == [] && failures == ["virt-cpu: error: \(directory.path): contains more than 3 definitions: check its subdirectories separately"])
    }

    @Test("More than 64 directories below each other are reported")
    func depth() {
        let directory = TemporaryDirectory()
        let deepest = Array(repeating: "d", count: 63).joined(separator: "/")
        directory.write("\(deepest)/x.xml", "")
        #expect(walk(directory).found == ["\(deepest)/x.xml"])
        directory.write("\(deepest)/d/y.xml", "")
        let (found, failures) = walk(directory)
        #expect(found == ["\(deepest)/x.xml"])
        #expect(failures == ["virt-cpu: error: \(directory.path)/\(deepest)/d: not searched: more than 64 levels of directories"])
    }

    @Test("A directory that does not exist is reported")
    func missing() {
        var failures: [String] = []
        #expect(DirectoryWalk.definitions(below: "/none/\u{1b}") { failures.append($0.shown) } == [])
        #expect(failures == ["virt-cpu: error: /none/\u{241b}: No such file or directory"])
    }

    @Test("Names are bytes")
    func bytes() {
        let directory = TemporaryDirectory()
        let name: [UInt8] = [0x61, 0xff] + Array(".xml".utf8)
        directory.write(name, [])
        let found = DirectoryWalk.definitions(below: FilePath(directory.path)) { _ in }
        #expect(found.map(\.bytes) == [Array("\(directory.path)/".utf8) + name])
    }
}
