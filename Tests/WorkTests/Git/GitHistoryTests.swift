import Testing

@testable import Work

@Suite("What git prints of a history")
struct GitHistoryTests {
    private static let one = String(repeating: "1", count: 40), none = String(repeating: "0", count: 40)

    /// A commit that changed or deleted vms/a.xml, which had the content `one`.
    private static func commit(_ id: Character, oldMode: String, newMode: String = "000000") -> String {
        "\(String(repeating: id, count: 40))\0\n:\(oldMode) \(newMode) \(one) \(newMode == "000000" ? none : one) T\0vms/a.xml\0"
    }

    @Test("A file that became a link with the same content was a file, whatever became of the link")
    func linkOfSameContent() throws {
        let log = Self.commit("b", oldMode: "120000") + Self.commit("a", oldMode: "100644", newMode: "120000")
        let history = try GitHistory(log: Array(log.utf8))
        #expect(history.links.map(\.commit) == [String(repeating: "b", count: 40)])
        #expect(history.versions.map(\.commit) == [String(repeating: "a", count: 40)])
        #expect(history.versions.map(\.path) == [Array("vms/a.xml".utf8)])
    }

    @Test("A version that several commits removed belongs to the latest")
    func latest() throws {
        let log = Self.commit("b", oldMode: "100644") + Self.commit("a", oldMode: "100644")
        #expect(try GitHistory(log: Array(log.utf8)).versions.map(\.commit) == [String(repeating: "b", count: 40)])
    }

    @Test("Lists of files and of differences of another form are errors")
    func lists() {
        for listing in ["100644 blob\tx\0", "100644 blob 1 x\0", "x\0"] {
            #expect(throws: IOFailure.self) { try GitRepository.records(inTree: Array(listing.utf8)) }
            #expect(throws: IOFailure.self) { try GitRepository.records(inIndex: Array(listing.utf8)) }
        }
        for listing in [":100644 100644 1 2 M\0", "100644 100644 1 2 M\0x\0", ":100644 100644 1 2\0x\0"] {
            #expect(throws: IOFailure.self) { try GitRepository.changes(in: Array(listing.utf8)) }
        }
    }

    @Test("Output of another form is an error", arguments: [":100644 000000 1 0 D\0", ":100644\0a.xml\0", "c\0\n:1 2 3 4 5 6\0a\0"])
    func malformed(_ log: String) {
        #expect(throws: IOFailure.self) { try GitHistory(log: Array(log.utf8)) }
    }
}
