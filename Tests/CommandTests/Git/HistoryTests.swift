import TestSupport
import Testing

/// A repository that lives: commit after commit of what people do to definitions. What is staged is judged before each
/// commit, and the commit after it.
@Suite("check through a repository's history")
struct HistoryTests {
    /// One commit.
    struct Commit: Sendable {
        var what: String
        /// All that is said of it, in any order.
        var found: [Found]
        var remark: String?
        /// Else the edit has staged what it means.
        var stagesAll = true
        var edit: @Sendable (TestRepository) -> Void

        init(
            _ what: String, _ found: [Found] = [], remark: String? = nil, stagesAll: Bool = true,
            edit: @escaping @Sendable (TestRepository) -> Void
        ) {
            self.what = what
            self.found = found
            self.remark = remark
            self.stagesAll = stagesAll
            self.edit = edit
        }
    }

    /// A finding, with words that whoever reads it needs.
    struct Found: Sendable {
        var severity: String
        var rule: String
        var file: String
        var phrases: [String]

        init(_ severity: String, _ rule: String, _ file: String, _ phrases: String...) {
            self.severity = severity
            self.rule = rule
            self.file = file
            self.phrases = phrases
        }

        func describes(_ block: Substring) -> Bool {
            let first = block.prefix { $0 != "\n" }
            return first.hasPrefix("\(file):") && first.contains(": \(severity): ") && first.hasSuffix("[\(rule)]")
                && phrases.allSatisfy { block.contains($0) }
        }
    }

    /// The text of each finding.
    private func blocks(_ text: String) -> [Substring] {
        var blocks: [Substring] = []
        for line in text.split(separator: "\n") {
            if line.first == " ", let last = blocks.popLast() {
                blocks.append(text[last.startIndex..<line.endIndex])
            } else {
                blocks.append(line)
            }
        }
        return blocks
    }

    private func run(_ commits: [Commit]) {
        let repository = TestRepository()
        var hasParent = false
        for commit in commits {
            let comment = Comment(rawValue: commit.what)
            commit.edit(repository)
            if commit.stagesAll { repository.git("add", "-A") }
            let staged = repository.check("--staged")
            repository.git("commit", "-q", "--allow-empty", "-m", commit.what)
            let parent = hasParent ? "HEAD~1" : String(repeating: "0", count: 40)
            let committed = repository.check("--rev", "HEAD", "--against", parent)
            hasParent = true

            #expect(committed.text == staged.text, comment)
            #expect(committed.errors == staged.errors, comment)
            #expect(committed.status == staged.status, comment)
            #expect(staged.complaints == (commit.remark.map { "virt-cpu: note: \($0)\n" } ?? ""), comment)
            #expect(staged.status == (commit.found.contains { $0.severity == "error" } ? 1 : 0), comment)
            var left = commit.found
            for block in blocks(staged.text) {
                guard let index = left.firstIndex(where: { $0.describes(block) }) else {
                    Issue.record("\(commit.what): not expected:\n\(block)")
                    continue
                }
                left.remove(at: index)
            }
            #expect(left.isEmpty, "\(commit.what): not found: \(left)")
        }
    }

    @Test("Each commit says what its guests notice, and nothing else")
    func history() { run(Self.beginning + Self.names + Self.noise + Self.cpus + Self.gitsWays) }

    @Test("Where the hosts are known, what follows them is known too", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func hosts() { run(Self.known) }
}
