import Reports
import TestSupport
import Testing

@Suite("A unified diff")
struct UnifiedDiffTests {
    private static func joined(_ lines: [String], endsInLineFeed: Bool) -> String {
        lines.joined(separator: "\n") + (endsInLineFeed && !lines.isEmpty ? "\n" : "")
    }

    /// Two texts with many equal lines. Between them, lines were removed, added or changed, singly or for long stretches.
    private static func sides(_ seed: UInt64) -> (old: String, new: String) {
        var numbers = SplitMix64(seed: seed)
        let kinds = [2, 5, 40, 100_000][Int(seed % 4)]
        func line(_ numbers: inout SplitMix64) -> String { "line \(Int.random(in: 0..<kinds, using: &numbers))" }
        let old = (0..<Int.random(in: 0...700, using: &numbers)).map { _ in line(&numbers) }
        var new = old
        for _ in 0..<Int.random(in: 0...[3, 30, 300].randomElement(using: &numbers)!, using: &numbers) {
            let place = Int.random(in: 0...new.count, using: &numbers)
            let length = Int.random(in: 0...[1, 1, 3, 250].randomElement(using: &numbers)!, using: &numbers)
            let gone = place..<min(new.count, place + length)
            let come = Int.random(in: 0...[0, 1, 3, 250].randomElement(using: &numbers)!, using: &numbers)
            new.replaceSubrange(gone, with: (0..<come).map { _ in line(&numbers) })
        }
        return (joined(old, endsInLineFeed: numbers.next() % 4 > 0), joined(new, endsInLineFeed: numbers.next() % 4 > 0))
    }

    /// The old text with the hunks applied, as POSIX describes them; nil where one does not fit.
    private func applied(_ diff: String, to old: String) -> String? {
        func lines(_ text: String) -> [String] {
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) + "\n" }
            let last = lines.removeLast()
            return last == "\n" ? lines : lines + [String(last.dropLast())]
        }
        let before = lines(old)
        var result: [String] = [], place = 0
        var rest = lines(diff)[...]
        guard rest.count > 3 else { return nil }
        rest = rest.dropFirst(3)
        while let head = rest.popFirst() {
            guard let match = head.wholeMatch(of: /@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@\n/) else { return nil }
            var gone = match.2.map { Int($0)! } ?? 1, come = match.4.map { Int($0)! } ?? 1
            let start = gone == 0 ? Int(match.1)! : Int(match.1)! - 1
            guard start >= place, start <= before.count else { return nil }
            result += before[place..<start]
            place = start
            guard result.count == (come == 0 ? Int(match.3)! : Int(match.3)! - 1) else { return nil }
            while gone > 0 || come > 0 {
                guard var line = rest.popFirst(), let mark = line.first else { return nil }
                line.removeFirst()
                if rest.first == "\\ No newline at end of file\n" {
                    rest.removeFirst()
                    line.removeLast()
                }
                if mark != "+" {
                    guard place < before.count, before[place] == line else { return nil }
                    place += 1
                    gone -= 1
                }
                if mark != "-" {
                    result.append(line)
                    come -= 1
                }
                guard " +-".contains(mark) else { return nil }
            }
        }
        return (result + before[place...]).joined()
    }

    private func diff(_ old: String, _ new: String) -> String {
        String(decoding: UnifiedDiff.text(path: Array("a.xml".utf8), from: Array(old.utf8), to: Array(new.utf8)), as: UTF8.self)
    }

    @Test("Written in pieces, it is the same, and a long line is a piece of its own")
    func pieces() {
        let long = String(repeating: "x", count: 100_000), old = "a\n\(long)\nb\n", new = "a\n\(long)y\nb\n"
        var pieces: [ArraySlice<UInt8>] = []
        UnifiedDiff(path: Array("a.xml".utf8), from: Array(old.utf8), to: Array(new.utf8)).write { pieces.append($0) }
        #expect(String(decoding: pieces.joined(), as: UTF8.self) == diff(old, new))
        #expect(pieces.map(\.count).filter { $0 >= 100_000 } == [100_001, 100_002])
    }

    @Test("Applied to the old text, it gives the new one")
    func applies() {
        for seed in UInt64(0)..<400 {
            let (old, new) = Self.sides(seed)
            let diff = diff(old, new)
            if old == new {
                #expect(diff == "")
            } else {
                #expect(applied(diff, to: old) == new, "\(seed)")
            }
        }
    }

    @Test("git applies it", arguments: [UInt64](1..<13))
    func git(_ seed: UInt64) {
        let (old, new) = Self.sides(seed &* 1001)
        // git takes an empty side for a file that is created or deleted.
        guard old != new, !old.isEmpty, !new.isEmpty else { return }
        let repository = TestRepository()
        repository.write("a.xml", old)
        repository.commit()
        repository.write("the.diff", diff(old, new))
        repository.git("apply", "the.diff")
        #expect(repository.attempt(["diff", "--quiet"]).status == 1)
        repository.write("wanted", new)
        #expect(repository.attempt(["diff", "--no-index", "--quiet", "a.xml", "wanted"]).status == 0)
    }

    @Test("Equal lines between changes are not marked as changed")
    func small() {
        let old = (0..<100).map { "line \($0)\n" }
        var new = old
        new[10] = "x\n"
        new[12] = "y\n"
        new.remove(at: 50)
        new.insert("z\n", at: 80)
        let marks = diff(old.joined(), new.joined()).split(separator: "\n").dropFirst(3).filter { !$0.hasPrefix(" ") && !$0.hasPrefix("@") }
        #expect(marks == ["-line 10", "+x", "-line 12", "+y", "-line 50", "+z"])
    }

    @Test("An empty side names the line before it, which is line 0")
    func emptySides() {
        #expect(diff("", "a\nb\n").hasSuffix("@@ -0,0 +1,2 @@\n+a\n+b\n"))
        #expect(diff("a\n", "").hasSuffix("@@ -1 +0,0 @@\n-a\n"))
        #expect(diff("", "") == "")
    }

    @Test("Names are quoted as git quotes them", arguments: [
        ("a.xml", "a.xml", ""), ("./vms/a.xml", "vms/a.xml", ""), ("/vms/a.xml", "vms/a.xml", ""), ("a b.xml", "a b.xml", "\t"),
        ("a\"b.xml", #"a\"b.xml"#, ""), ("a\tb.xml", #"a\tb.xml"#, ""), ("\u{e9}.xml", #"\303\251.xml"#, ""), ("a\u{1}.xml", #"a\001.xml"#, ""),
    ])
    func names(_ name: String, _ shown: String, _ end: String) {
        let text = String(decoding: UnifiedDiff.text(path: Array(name.utf8), from: [0x61], to: [0x62]), as: UTF8.self)
        let isQuoted = shown.contains("\\")
        let before = isQuoted ? "\"a/\(shown)\"" : "a/\(shown)", after = isQuoted ? "\"b/\(shown)\"" : "b/\(shown)"
        #expect(text == "diff --git \(before) \(after)\n--- \(before)\(end)\n+++ \(after)\(end)\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n")
    }

    /// Work that grows with the square of the changes would take hours here.
    @Test("Many changes in a long text", .timeLimit(.minutes(2 * Corpus.patience)))
    func many() {
        let old = (0..<200_000).map { "  <line n='\($0 % 23)'/>\n" }
        var new: [String] = []
        for (index, line) in old.enumerated() where index % 11 != 3 { new.append(index % 13 == 5 ? "other\n" : line) }
        #expect(applied(diff(old.joined(), new.joined()), to: old.joined()) == new.joined())
    }
}
