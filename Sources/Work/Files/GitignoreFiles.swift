import Glibc
import Lint
import Reports
import SystemPackage

/// The `.gitignore` files that apply in a directory. They count only in a git repository. git's other lists
/// (`.git/info/exclude`, `core.excludesFile`) belong to one user, so another would check other files: they do not count.
struct GitignoreFiles {
    private var lists: [Entry] = []
    private var isInRepository = false
    /// The directory of the walk, or the nearest one that is a repository of its own: where git can be asked.
    private(set) var place: FilePath

    private struct Entry {
        var list: IgnoreList
        /// The path from the list's directory to the directory of the walk, with a slash at its end.
        var prefix: [UInt8] = []
        /// The bytes at the beginning of a path of the walk that lead to the list's directory.
        var dropped = 0
    }

    static let name = ".gitignore"
    /// The most bytes that a file may have. Each pattern in it is compared with each path.
    private static let sizeLimit = 256 << 10

    /// The files that lie above a directory, in its repository.
    ///
    /// - Parameter unreadable: called for each file that cannot be read.
    init(above directory: FilePath, unreadable: (IOFailure) -> Void) {
        place = directory
        guard let real = Files.real(directory), let top = Files.repository(of: real) else { return }
        isInRepository = true
        var above = real
        var prefix: [UInt8] = []
        while above != top, let name = above.lastComponent, above.removeLastComponent() {
            prefix = FilePath(root: nil, [name]).bytes + [UInt8(ascii: "/")] + prefix
            if let list = Self.read(above.appending(Self.name), unreadable) {
                lists.insert(Entry(list: list, prefix: prefix), at: 0)
            }
        }
    }

    /// Adds the file of a directory that the walk enters.
    ///
    /// - Parameters:
    ///   - path: the path from the directory of the walk, with a slash at its end; empty for that directory itself.
    ///   - isRepository: the directory has a `.git`, so that the files above it do not count.
    mutating func enter(
        _ directory: FilePath, path: [UInt8], isRepository: Bool, hasFile: Bool, unreadable: (IOFailure) -> Void
    ) {
        if isRepository {
            lists = []
            isInRepository = true
            place = directory
        }
        guard isInRepository, hasFile, let list = Self.read(directory.appending(Self.name), unreadable) else { return }
        lists.append(Entry(list: list, dropped: path.count))
    }

    /// Whether a file or directory is ignored. The nearest list with a pattern that matches decides.
    ///
    /// - Parameter path: from the directory of the walk.
    func ignore(_ path: [UInt8], isDirectory: Bool) -> Bool {
        for entry in lists.reversed() {
            let path = entry.prefix.isEmpty ? path[entry.dropped...] : (entry.prefix + path)[...]
            if let answer = entry.list.ignores(path, isDirectory: isDirectory) { return answer }
        }
        return false
    }

    /// Like git, follows no symbolic link to such a file.
    private static func read(_ file: FilePath, _ unreadable: (IOFailure) -> Void) -> IgnoreList? {
        var status = stat()
        guard file.withPlatformString({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        do {
            return IgnoreList(file: try Files.read(file, limit: sizeLimit))
        } catch {
            unreadable(error as? IOFailure ?? IOFailure(message: shown(error)))
            return nil
        }
    }
}
