/// The patterns of one `.gitignore` file, or of a policy's `exclude` or `include`, in their order.
package struct IgnoreList: Sendable {
    private let patterns: [IgnorePattern]

    package var isEmpty: Bool { patterns.isEmpty }

    /// - Parameter patterns: entries of `exclude` or `include`.
    package init(_ patterns: [String]) { self.patterns = patterns.compactMap { IgnorePattern($0) } }

    /// - Parameter file: the content of a `.gitignore` file.
    package init(file: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        patterns = file.dropFirst(file.starts(with: mark) ? mark.count : 0).split(separator: 0x0a).compactMap { line in
            IgnorePattern(line.last == 0x0d ? line.dropLast() : line)
        }
    }

    /// Whether the patterns ignore a path, or take it back; nil if none of them matches. The last one that matches counts.
    ///
    /// - Parameter path: from the directory of the list, with slashes and none at its end.
    package func ignores(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> Bool? {
        patterns.last { $0.matches(path, isDirectory: isDirectory) }.map { !$0.isNegated }
    }

    /// Whether the patterns are for a file: itself, or a directory that it lies in. What lies in such a directory cannot be
    /// taken back.
    ///
    /// - Parameter path: from the directory of the list.
    package func covers(file path: [UInt8]) -> Bool {
        var end = path.startIndex
        while let slash = path[end...].firstIndex(of: UInt8(ascii: "/")) {
            if ignores(path[..<slash], isDirectory: true) ?? false { return true }
            end = slash + 1
        }
        return ignores(path[...], isDirectory: false) ?? false
    }
}
