/// A unified diff of one file, for `git apply` and `patch -p1`.
///
/// Its text can be longer than both contents together, so it is made while it is written.
package struct UnifiedDiff: Sendable {
    private let path: [UInt8]
    private let old: DiffText
    private let new: DiffText
    private let changes: [LineChanges.Change]

    /// Unchanged lines shown around each change.
    private static let context = 3
    /// The most bytes that are collected before they are written.
    private static let most = 64 << 10

    /// - Parameter path: the name of the file on both sides, in bytes, since a file's name need not be UTF-8.
    package init(path: [UInt8], from old: [UInt8], to new: [UInt8]) {
        self.path = path
        self.old = DiffText(bytes: old)
        self.new = DiffText(bytes: new)
        changes = LineChanges.between(self.old, self.new)
    }

    /// The whole text; empty for equal contents.
    package static func text(path: [UInt8], from old: [UInt8], to new: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        UnifiedDiff(path: path, from: old, to: new).write { text += $0 }
        return text
    }

    /// Writes the text in pieces; none for equal contents.
    ///
    /// - Throws: what `sink` throws.
    package func write<Failure: Error>(to sink: (ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
        guard !changes.isEmpty else { return }
        try sink(header[...])
        var start = 0
        while start < changes.count {
            var stop = start + 1
            while stop < changes.count, changes[stop].old.lowerBound.line - changes[stop - 1].old.upperBound.line <= 2 * Self.context {
                stop += 1
            }
            try write(hunk: changes[start..<stop], to: sink)
            start = stop
        }
    }

    private var header: [UInt8] {
        var path = path[...]
        while path.first == UInt8(ascii: "/") { path = path.dropFirst() }
        while path.starts(with: "./".utf8) { path = path.dropFirst(2) }
        let before = Self.quoted(Array("a/".utf8) + path), after = Self.quoted(Array("b/".utf8) + path)
        // patch expects a tab after a name that contains a blank.
        let end: [UInt8] = path.contains(0x20) ? [0x09, 0x0a] : [0x0a]
        return Array("diff --git ".utf8) + before + [0x20] + after + [0x0a] + Array("--- ".utf8) + before + end + Array("+++ ".utf8) + after + end
    }

    private func write<Failure: Error>(
        hunk group: ArraySlice<LineChanges.Change>, to sink: (ArraySlice<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let first = group.first!, last = group.last!
        let context = Self.context
        let left = old.place(context, linesBefore: first.old.lowerBound)..<old.place(context, linesAfter: last.old.upperBound)
        let right = new.place(context, linesBefore: first.new.lowerBound)..<new.place(context, linesAfter: last.new.upperBound)
        var text = Array("@@ -\(Self.place(left)) +\(Self.place(right)) @@\n".utf8)
        func add(_ mark: Unicode.Scalar, _ lines: DiffText, _ range: Range<DiffText.Place>) throws(Failure) {
            var offset = range.lowerBound.offset
            while offset < range.upperBound.offset {
                let line = lines.line(at: offset)
                text.append(UInt8(ascii: mark))
                if text.count + line.count < Self.most {
                    text += line
                } else {
                    try sink(text[...])
                    try sink(line)
                    text.removeAll(keepingCapacity: true)
                }
                if line.last != 0x0a { text += Array("\n\\ No newline at end of file\n".utf8) }
                offset = line.endIndex
            }
        }
        var done = left.lowerBound
        for change in group {
            try add(" ", old, done..<change.old.lowerBound)
            try add("-", old, change.old)
            try add("+", new, change.new)
            done = change.old.upperBound
        }
        try add(" ", old, done..<left.upperBound)
        try sink(text[...])
    }

    /// `LINE,COUNT` as in a hunk's header. For an empty range, `LINE` is the line before it.
    private static func place(_ lines: Range<DiffText.Place>) -> String {
        let (start, count) = (lines.lowerBound.line, lines.upperBound.line - lines.lowerBound.line)
        if count == 1 { return "\(start + 1)" }
        return "\(count == 0 ? start : start + 1),\(count)"
    }

    /// Quotes a name as git does: in double quotes with C escapes, if it contains a byte that needs one.
    private static func quoted(_ name: [UInt8]) -> [UInt8] {
        func isPlain(_ byte: UInt8) -> Bool {
            (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        guard !name.allSatisfy(isPlain) else { return name }
        let escapes: [UInt8: String] = [
            0x07: "a", 0x08: "b", 0x09: "t", 0x0a: "n", 0x0b: "v", 0x0c: "f", 0x0d: "r", 0x22: "\"", 0x5c: "\\",
        ]
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
