import Glibc
import LibvirtWords
import Lint
import Reports
import SystemPackage

/// A pattern for host files. The same files match in a work tree, in the index and in a revision, because one matcher
/// (`Glob`) decides everywhere: `*`, `?` and `[…]` within a component, `**` across components, hidden names only where
/// the pattern states the dot.
struct FilePattern {
    private let pattern: String
    private let glob: Glob

    /// - Parameter pattern: empty components and `.` in it mean nothing, as in any path.
    init(_ pattern: String) {
        // A slash and a combining mark are one character to Swift, and a slash to Linux.
        let components = pattern.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }.filter { $0 != "." }
        self.pattern = (Self.isAbsolute(pattern) ? "/" : "") + components.joined(separator: "/")
        glob = Glob(self.pattern, style: .files)
    }

    func matches(_ path: FilePath) -> Bool { glob.matches(path.string) }

    /// Whether the pattern could find something through a link: the link itself, or what lies below it. Patterns with
    /// `**` go through no links to directories.
    func mayUse(link path: FilePath) -> Bool {
        glob.matches(path.string) || !isDeep && glob.mayMatch(below: path.string)
    }

    private var isDeep: Bool { pattern.includes("**") }

    private static func isAbsolute(_ pattern: String) -> Bool { pattern.utf8.first == UInt8(ascii: "/") }

    /// The most names that the search for one pattern may read.
    private static let mostNames = 1_000_000

    /// The matching files on this machine, in byte order. Symbolic links to files count. If the pattern contains `**`,
    /// links to directories that the search comes across are not followed.
    ///
    /// - Parameter directory: what a relative pattern starts from; its own name is not a pattern.
    /// - Throws: `IOFailure` for a pattern that covers more than a million names or 64 levels of directories, and for a
    ///   directory that cannot be read.
    func files(in directory: FilePath) throws -> [FilePath] {
        let fixed = pattern.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }.dropLast().prefix { !Glob.isPattern(String($0)) }
        let isAbsolute = Self.isAbsolute(pattern)
        var search = Search(glob: glob, start: isAbsolute ? "" : directory)
        let start = (isAbsolute ? "/" : "") + fixed.joined(separator: "/")
        if !Glob.isPattern(pattern) {
            let path = search.place(of: pattern)
            return Files.exists(path) ? [path] : []
        }
        try search.look(below: start, in: search.place(of: start), level: 0, isDeep: isDeep)
        return search.found.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// One walk through directories.
    private struct Search {
        let glob: Glob
        let start: FilePath
        var found: [FilePath] = []
        private var names = 0

        init(glob: Glob, start: FilePath) {
            self.glob = glob
            self.start = start
        }

        func place(of path: String) -> FilePath {
            start.isEmpty ? FilePath(path) : path.isEmpty ? start : start.appending(path)
        }

        /// - Parameters:
        ///   - path: what is compared with the pattern.
        ///   - directory: the same place, byte for byte; empty for the current directory.
        mutating func look(below path: String, in directory: FilePath, level: Int, isDeep: Bool) throws {
            let shown = printable(directory.isEmpty ? "." : directory.string)
            guard level < DirectoryListing.mostLevels else {
                throw IOFailure(message: "\(shown): a host pattern would search more than \(DirectoryListing.mostLevels) levels of directories")
            }
            var entries: [(name: FilePath.Component, mayBeLink: Bool)] = []
            let isRead = (directory.isEmpty ? "." : directory).withPlatformString { path in
                DirectoryListing.read(path) { name, type in
                    guard let component = FilePath(platformString: name.baseAddress!).lastComponent else { return }
                    entries.append((component, type != Int(DT_DIR)))
                }
            }
            guard isRead else {
                if errno == ENOENT || errno == ENOTDIR { return }
                throw IOFailure(shown)
            }
            names += entries.count
            guard names <= FilePattern.mostNames else {
                throw IOFailure(message: "\(shown): a host pattern would search more than \(FilePattern.mostNames) names: use a narrower pattern")
            }
            for (name, mayBeLink) in entries {
                let relative = path.isEmpty ? name.string : path.utf8.last == UInt8(ascii: "/") ? path + name.string : "\(path)/\(name.string)"
                let file = directory.isEmpty ? FilePath(root: nil, [name]) : directory.appending(name)
                if glob.matches(relative), !Files.isDirectory(file) { found.append(file) }
                if glob.mayMatch(below: relative), Files.isDirectory(file), !(isDeep && mayBeLink && Files.isSymbolicLink(file)) {
                    try look(below: relative, in: file, level: level + 1, isDeep: isDeep)
                }
            }
        }
    }
}
