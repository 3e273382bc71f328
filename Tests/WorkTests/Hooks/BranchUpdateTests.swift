import Testing

@testable import Work

@Suite("What git tells pre-receive")
struct BranchUpdateTests {
    private static let one = String(repeating: "1", count: 40), two = String(repeating: "2a", count: 20)
    private static let zero = String(repeating: "0", count: 40)

    private func updates(_ text: String) throws -> [String] {
        try BranchUpdate.all(in: Array(text.utf8)).map { "\($0.old ?? "new") \($0.new ?? "gone") \($0.name)" }
    }

    @Test("Branches that move and branches that are created, in their order")
    func branches() throws {
        #expect(try updates("\(Self.one) \(Self.two) refs/heads/main\n\(Self.zero) \(Self.one) refs/heads/topic\n")
            == ["\(Self.one) \(Self.two) refs/heads/main", "new \(Self.one) refs/heads/topic"])
        #expect(try updates("") == [])
        #expect(try updates("\(Self.one) \(Self.two) refs/heads/a b") == ["\(Self.one) \(Self.two) refs/heads/a b"], "no line feed at the end")
    }

    @Test("Tags and notes are left out, and a branch that neither was nor is there")
    func others() throws {
        #expect(try updates("""
            \(Self.zero) \(Self.one) refs/tags/v1
            \(Self.one) \(Self.two) refs/notes/commits
            \(Self.one) \(Self.zero) refs/heads/gone
            \(Self.zero) \(Self.zero) refs/heads/never

            """) == ["\(Self.one) gone refs/heads/gone"])
    }

    @Test("Ids of either length")
    func longIDs() throws {
        let old = String(repeating: "0", count: 64), new = String(repeating: "f", count: 64)
        #expect(try updates("\(old) \(new) refs/heads/main\n") == ["new \(new) refs/heads/main"])
    }

    @Test("Names are bytes: whatever they begin with, a branch is a branch, and two that look the same are two")
    func names() throws {
        let names = ["refs/heads/\u{FE0F}main", "refs/heads/\u{e9}", "refs/heads/e\u{301}"]
        #expect(try updates(names.map { "\(Self.one) \(Self.two) \($0)\n" }.joined()).count == 3)
        #expect(try updates("\(Self.one) \(Self.two) refs/heads\u{301}/main\n") == [])
    }

    @Test("Two updates of one branch are refused, whatever they do")
    func twice() {
        for other in ["\(Self.two) \(Self.one)", "\(Self.one) \(Self.zero)"] {
            let error = #expect(throws: IOFailure.self) {
                try updates("\(Self.one) \(Self.two) refs/heads/a\n\(Self.one) \(Self.two) refs/heads/b\n\(other) refs/heads/a\n")
            }
            #expect(error?.shown.hasPrefix("virt-cpu: error: refs/heads/a: refused, because the push has more than one command") ?? false)
        }
    }

    @Test("Lines of another form are refused, and shown safely", arguments: [
        "junk", "\(one) \(two)", "\(one) 2 refs/heads/main", "1 2 refs/heads/main", "\(one)\t\(two)\trefs/heads/main", "\u{1b}[31m",
    ])
    func malformed(_ line: String) {
        let error = #expect(throws: IOFailure.self) { try BranchUpdate.all(in: Array(line.utf8)) }
        #expect(error?.shown.hasPrefix("virt-cpu: error: stdin: ") ?? false)
        #expect(error?.shown.contains("\u{1b}") == false)
    }
}
