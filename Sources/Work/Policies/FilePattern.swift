import Glibc
import Lint
import Reports
import SystemPackage

/// A pattern for host files. The same files match in a work tree, in the index and in a revision, because one matcher
/// (`Glob`) decides everywhere: `*`, `?` and `[…]` within a component, `**` across components, hidden names only where
/// the pattern states the dot.
struct FilePattern {
    private let pattern: String
    private let glob: Glob

    init(_ pattern: String) {
        var pattern = Substring(pattern)
        while pattern.hasPrefix("./") { pattern = pattern.dropFirst(2).drop { $0 == "/" } }
        self.pattern = String(pattern)
        glob = Glob(self.pattern, style: .files)
    }

    func matches(_ path: FilePath) -> Bool { glob.matches(path.string) }

    /// The most names that the search for one pattern may read.
    private static let mostNames = 1_000_000
    /// The most directories below each other that are searched.
    private static let mostLevels = 64

    /// The matching files on this machine, in byte order. Symbolic links to files count. Below `**`, links to
    /// directories are not followed.
    ///
    /// - Parameter directory: what a relative pattern starts from; its own name is not a pattern.
    /// - Throws: `IOFailure` for a pattern that covers more than a million names.
    func files(in directory: FilePath) throws -> [FilePath] {
        let fixed = pattern.split(separator: "/", omittingEmptySubsequences: true).dropLast().prefix { !Glob.isPattern(String($0)) }
        let isAbsolute = pattern.hasPrefix("/")
        var search = Search(glob: glob, start: isAbsolute ? "" : directory)
        let start = (isAbsolute ? "/" : "") + fixed.joined(separator: "/")
        if !Glob.isPattern(pattern) {
            let path = search.place(of: pattern)
            return Files.exists(path) ? [path] : []
        }
        try search.look(below: start, level: 0, isDeep: pattern.contains("**"))
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

        func place(of path: String) -> FilePath { start.isEmpty ? FilePath(path) : start.appending(path) }

        mutating func look(below path: String, level: Int, isDeep: Bool) throws {
            let directory = path.isEmpty ? (start.isEmpty ? "." : start) : place(of: path)
            guard level < FilePattern.mostLevels, let stream = directory.withPlatformString({ opendir($0) }) else { return }
            var entries: [(name: FilePath.Component, isLink: Bool)] = []
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { FilePath(platformString: $0) }
                }
                guard let component = name.lastComponent, component.kind == .regular else { continue }
                entries.append((component, Int32(entry.pointee.d_type) != Int32(DT_DIR)))
            }
            closedir(stream)
            names += entries.count
            guard names <= FilePattern.mostNames else {
                throw IOFailure(message: "\(printable(directory.string)): a host pattern would search more than \(FilePattern.mostNames) names: use a narrower pattern")
            }
            for (name, mayBeLink) in entries {
                let relative = path.isEmpty ? name.string : path.hasSuffix("/") ? path + name.string : "\(path)/\(name.string)"
                let file = path.isEmpty && start.isEmpty ? FilePath(root: nil, [name]) : directory.appending(name)
                if glob.matches(relative), !Files.isDirectory(file) { found.append(file) }
                if glob.mayMatch(below: relative), Files.isDirectory(file), !(isDeep && mayBeLink && Files.isSymbolicLink(file)) {
                    try look(below: relative, level: level + 1, isDeep: isDeep)
                }
            }
        }
    }
}
