import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Patterns for host files")
struct FilePatternTests {
    private let directory = TemporaryDirectory()

    private static let names = [
        "hosts/a1.xml", "hosts/11.xml", "hosts/rack/b2.xml", "hosts/rack/shelf/c3.xml", "hosts/.hidden.xml",
        "hosts/.old/d4.xml", "hosts/Z9.xml", "hosts/a b.xml", "top.xml",
    ]

    init() { for name in Self.names { directory.write(name, "") } }

    private func files(_ pattern: String) throws -> [String] {
        try FilePattern(pattern).files(in: FilePath(directory.path)).map { String($0.string.dropFirst(directory.path.count + 1)) }
    }

    @Test("The files that a walk finds are those that a list of paths would give, in byte order", arguments: [
        ("hosts/*.xml", ["hosts/11.xml", "hosts/Z9.xml", "hosts/a b.xml", "hosts/a1.xml"]),
        ("./hosts/*.xml", ["hosts/11.xml", "hosts/Z9.xml", "hosts/a b.xml", "hosts/a1.xml"]),
        ("hosts/**/*.xml", ["hosts/11.xml", "hosts/Z9.xml", "hosts/a b.xml", "hosts/a1.xml", "hosts/rack/b2.xml", "hosts/rack/shelf/c3.xml"]),
        ("**/c3.xml", ["hosts/rack/shelf/c3.xml"]), ("*.xml", ["top.xml"]), ("hosts/[[:digit:]]*", ["hosts/11.xml"]),
        ("hosts/.*.xml", ["hosts/.hidden.xml"]), ("hosts/?hidden.xml", []), ("hosts/.o*/*.xml", ["hosts/.old/d4.xml"]),
        ("hosts/*/*.xml", ["hosts/rack/b2.xml"]), ("host[s]/r*k/**/c3.xml", ["hosts/rack/shelf/c3.xml"]),
        ("hosts/./*.xml", ["hosts/11.xml", "hosts/Z9.xml", "hosts/a b.xml", "hosts/a1.xml"]),
        ("hosts//rack/./b2.xml", ["hosts/rack/b2.xml"]), ("hosts//*/*.xml", ["hosts/rack/b2.xml"]), ("./hosts/a1.xml/", ["hosts/a1.xml"]),
        ("hosts/rack/b2.xml", ["hosts/rack/b2.xml"]), ("hosts/none.xml", []), ("hosts/rac?", []), ("none/*.xml", []),
    ])
    func matches(_ pattern: String, _ expected: [String]) throws {
        #expect(try files(pattern) == expected)
        #expect(Self.names.filter { FilePattern(pattern).matches(FilePath($0)) }.sorted() == expected)
    }

    @Test("The directory's own name is not a pattern")
    func literalDirectory() throws {
        let other = directory.makeDirectory("[a] *")
        directory.write("[a] */x.xml", "")
        #expect(try FilePattern("*.xml").files(in: FilePath(other)).map(\.string) == ["\(other)/x.xml"])
    }

    @Test("An absolute pattern starts at the root")
    func absolute() throws {
        #expect(try FilePattern("\(directory.path)/hosts/Z*.xml").files(in: "/none").map(\.string) == ["\(directory.path)/hosts/Z9.xml"])
        #expect(try FilePattern("\(directory.path)/top.xml").files(in: "/none").map(\.string) == ["\(directory.path)/top.xml"])
    }

    @Test("A directory that is too deep, or cannot be read, is an error and not a directory without hosts")
    func unreadable() throws {
        directory.write("deep/" + Array(repeating: "d", count: 66).joined(separator: "/") + "/x.xml", "")
        #expect(throws: IOFailure.self) { try files("deep/**/*.xml") }
        // Root may read everything.
        if geteuid() == 0 { return }
        directory.write("closed/x.xml", "")
        chmod("\(directory.path)/closed", 0)
        defer { chmod("\(directory.path)/closed", 0o755) }
        #expect(throws: IOFailure.self) { try files("closed/*.xml") }
    }

    @Test("Links to files count; below **, links to directories are not followed")
    func links() throws {
        directory.link("hosts/link.xml", to: "../top.xml")
        directory.link("hosts/linked", to: "rack")
        directory.link("hosts/loop", to: ".")
        #expect(try files("hosts/l*.xml") == ["hosts/link.xml"])
        #expect(try files("hosts/linked/*.xml") == ["hosts/linked/b2.xml"])
        #expect(try files("hosts/**/b2.xml") == ["hosts/rack/b2.xml"])
    }
}
