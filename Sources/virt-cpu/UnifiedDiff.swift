/// A unified diff of one file, as `git apply` and `patch -p1` take it.
enum UnifiedDiff {
    /// Lines around a change.
    private static let context = 3

    /// - Parameter path: the file's, as both sides are named; bytes, since names are.
    /// - Returns: empty for equal contents.
    static func text(path: [UInt8], from old: [UInt8], to new: [UInt8]) -> [UInt8] {
        let hunks = hunks(lines(old), lines(new))
        guard !hunks.isEmpty else { return [] }
        var path = path[...]
        while path.first == UInt8(ascii: "/") { path = path.dropFirst() }
        while path.starts(with: "./".utf8) { path = path.dropFirst(2) }
        let before = quoted(Array("a/".utf8) + path), after = quoted(Array("b/".utf8) + path)
        var text = Array("diff --git ".utf8) + before + [0x20] + after + [0x0a]
        // A tab ends a name that has a blank in it, for patch.
        let end: [UInt8] = path.contains(0x20) ? [0x09, 0x0a] : [0x0a]
        text += Array("--- ".utf8) + before + end + Array("+++ ".utf8) + after + end
        return text + hunks.joined()
    }

    /// With their line feeds; the last may have none.
    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a).map { $0 + 1 } ?? bytes.count
            lines.append(bytes[start..<end])
            start = end
        }
        return lines
    }

    /// Lines of the old side that go and lines of the new side that come in their place.
    private struct Change {
        var old: Range<Int>
        var new: Range<Int>
    }

    private static func changes(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Change] {
        var head = 0
        while head < min(old.count, new.count), old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < min(old.count, new.count) - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
        let difference = new[head..<(new.count - tail)].difference(from: old[head..<(old.count - tail)])
        var removed: Set<Int> = [], inserted: Set<Int> = []
        // Offsets count from the beginning of the parts.
        for case .remove(let offset, _, _) in difference.removals { removed.insert(head + offset) }
        for case .insert(let offset, _, _) in difference.insertions { inserted.insert(head + offset) }
        var changes: [Change] = []
        var left = head, right = head
        while left < old.count || right < new.count {
            guard removed.contains(left) || inserted.contains(right) else {
                left += 1
                right += 1
                continue
            }
            let start = (left, right)
            while removed.contains(left) { left += 1 }
            while inserted.contains(right) { right += 1 }
            changes.append(Change(old: start.0..<left, new: start.1..<right))
        }
        return changes
    }

    private static func hunks(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [[UInt8]] {
        var groups: [[Change]] = []
        for change in changes(old, new) {
            if let last = groups.last?.last, change.old.lowerBound - last.old.upperBound <= 2 * context {
                groups[groups.count - 1].append(change)
            } else {
                groups.append([change])
            }
        }
        return groups.map { group in
            let first = group[0], last = group[group.count - 1]
            let before = min(context, first.old.lowerBound), after = min(context, old.count - last.old.upperBound)
            let left = (first.old.lowerBound - before)..<(last.old.upperBound + after)
            let right = (first.new.lowerBound - before)..<(last.new.upperBound + after)
            var text = Array("@@ -\(place(left)) +\(place(right)) @@\n".utf8)
            var done = left.lowerBound
            func add(_ mark: Character, _ line: ArraySlice<UInt8>) {
                text.append(mark.asciiValue!)
                text += line
                if line.last != 0x0a { text += Array("\n\\ No newline at end of file\n".utf8) }
            }
            for change in group {
                old[done..<change.old.lowerBound].forEach { add(" ", $0) }
                old[change.old].forEach { add("-", $0) }
                new[change.new].forEach { add("+", $0) }
                done = change.old.upperBound
            }
            old[done..<left.upperBound].forEach { add(" ", $0) }
            return text
        }
    }

    /// Line and count; an empty side names the line before.
    private static func place(_ lines: Range<Int>) -> String {
        if lines.count == 1 { return "\(lines.lowerBound + 1)" }
        return "\(lines.isEmpty ? lines.lowerBound : lines.lowerBound + 1),\(lines.count)"
    }

    /// As git quotes names: in double quotes with C's escapes, where one has what needs it.
    private static func quoted(_ name: [UInt8]) -> [UInt8] {
        func isPlain(_ byte: UInt8) -> Bool {
            (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        guard !name.allSatisfy(isPlain) else { return name }
        let escapes: [UInt8: String] = [0x07: "a", 0x08: "b", 0x09: "t", 0x0a: "n", 0x0b: "v", 0x0c: "f", 0x0d: "r", 0x22: "\"", 0x5c: "\\"]
        var text: [UInt8] = [0x22]
        for byte in name {
            if isPlain(byte) {
                text.append(byte)
            } else if let escape = escapes[byte] {
                text += [0x5c] + Array(escape.utf8)
            } else {
                let octal = String(byte, radix: 8)
                text += [0x5c] + Array((String(repeating: "0", count: 3 - octal.count) + octal).utf8)
            }
        }
        return text + [0x22]
    }
}
