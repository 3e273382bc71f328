/// A line of a `.gitignore` file, or an entry of a policy's `exclude`, with the meaning that gitignore(5) gives it.
package struct IgnorePattern: Sendable {
    /// The pattern takes back what earlier ones ignore.
    let isNegated: Bool
    private let isForDirectories: Bool
    /// The pattern has no slash but at its end, so it is matched against the last component of a path.
    private let isForNames: Bool
    private let text: Text

    /// Most patterns are a name, or a suffix such as `*.o`. They need no automaton.
    private enum Text: Sendable {
        case literal([UInt8])
        case suffix([UInt8])
        case glob(Glob)
    }

    /// - Parameter line: without the line feed at its end. Nil for a line without a pattern: empty, or a comment.
    package init?(_ line: some Collection<UInt8>) {
        var pattern = Self.withoutTrailingSpaces(Array(line))
        guard let first = pattern.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { pattern.removeFirst() }
        let slash = UInt8(ascii: "/")
        isForDirectories = pattern.last == slash
        if isForDirectories { pattern.removeLast() }
        isForNames = !pattern.contains(slash)
        if pattern.first == slash { pattern.removeFirst() }
        guard !pattern.isEmpty else { return nil }
        let special = "*?[\\".utf8
        if !pattern.contains(where: special.contains) {
            text = .literal(pattern)
        } else if isForNames, pattern.first == UInt8(ascii: "*"), !pattern.dropFirst().contains(where: special.contains) {
            text = .suffix(Array(pattern.dropFirst()))
        } else {
            text = .glob(Glob(ignoring: pattern))
        }
    }

    /// The pattern of an entry of `exclude`.
    package init?(_ text: String) { self.init(text.utf8) }

    /// A space at the end counts only after a backslash.
    private static func withoutTrailingSpaces(_ line: [UInt8]) -> [UInt8] {
        var end = 0, index = 0
        while index < line.count {
            if line[index] == UInt8(ascii: "\\") {
                // A single backslash at the end keeps the spaces before it.
                guard index + 1 < line.count else { return line }
                index += 1
                end = index + 1
            } else if line[index] != UInt8(ascii: " ") {
                end = index + 1
            }
            index += 1
        }
        return Array(line[..<end])
    }

    /// Whether the pattern matches a path.
    ///
    /// - Parameter path: from the directory of the pattern's file.
    package func matches(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> Bool {
        if isForDirectories && !isDirectory { return false }
        var path = path
        if isForNames, let slash = path.lastIndex(of: UInt8(ascii: "/")) { path = path[(slash + 1)...] }
        return switch text {
        case .literal(let literal): path.elementsEqual(literal)
        case .suffix(let suffix): path.count >= suffix.count && path.suffix(suffix.count).elementsEqual(suffix)
        case .glob(let glob): glob.matches(path)
        }
    }
}
