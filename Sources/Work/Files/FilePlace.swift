import Glibc
import SystemPackage

/// A name in a directory that is held open, after symbolic links were followed. Nobody can put another directory in its
/// place: whatever is done with the file happens in this directory.
final class FilePlace {
    /// The directory, opened only to work in it (`O_PATH`).
    let directory: Int32
    /// The name in bytes, ended by a zero. It was no symbolic link.
    let name: [CChar]

    /// The path leads out of the directory that it must stay in.
    struct LeadsOut: Error {}

    /// The most symbolic links that are followed, as in Linux.
    private static let mostLinks = 40
    /// `O_PATH`, which Swift's Glibc module leaves out.
    private static let onlyPlace: Int32 = 0o10000000

    /// The place of a file that somebody named: symbolic links are followed wherever they lead. The file need not exist.
    /// - Throws: `Errno`.
    init(_ path: FilePath) throws { (directory, name) = try Self.resolve(path) }

    /// The place of a file that was found below a directory. No directory on the way may be a symbolic link by now. If the
    /// file itself is one, it is followed as long as it stays below.
    ///
    /// - Throws: `LeadsOut`; `Errno`, which is `notDirectory` where a symbolic link took the place of a directory.
    init(_ path: FilePath, below top: FilePath) throws { (directory, name) = try Self.resolve(path, below: top) }

    deinit { close(directory) }

    /// What the name stands for, without following a link.
    /// - Throws: `Errno`.
    func status() throws -> stat {
        var status = stat()
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw Errno(rawValue: errno) }
        return status
    }

    /// Opens the file for reading. Nothing waits for a FIFO's writer.
    /// - Throws: `Errno`; also where the name is a symbolic link by now.
    func open() throws -> FileDescriptor {
        let file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: file)
    }

    // MARK: Steps

    private static func resolve(_ path: FilePath) throws -> (Int32, [CChar]) {
        var directory = try Self.directory(AT_FDCWD, path.removingLastComponent(), follows: true)
        do {
            var name = try Self.name(of: path)
            var followed = 0
            while let target = try link(directory, name) {
                followed += 1
                if followed > mostLinks { throw Errno.tooManySymbolicLinkLevels }
                let next = try Self.directory(directory, target.removingLastComponent(), follows: true)
                close(directory)
                directory = next
                name = try Self.name(of: target)
            }
            return (directory, name)
        } catch {
            close(directory)
            throw error
        }
    }

    private static func resolve(_ path: FilePath, below top: FilePath) throws -> (Int32, [CChar]) {
        var names = try names(of: path, below: top)
        let root = try directory(AT_FDCWD, top, follows: true)
        defer { close(root) }
        for followed in 0...mostLinks {
            guard let last = names.last else { throw Errno.isDirectory }
            let (directory, link) = try walk(names.dropLast(), from: root, followsLinks: followed > 0)
            do {
                if let link {
                    names = try Self.names(link.target, in: names[..<link.index], top) + names[(link.index + 1)...]
                } else if let target = try Self.link(directory, last) {
                    names = try Self.names(target, in: names.dropLast(), top)
                } else {
                    return (directory, last)
                }
                close(directory)
            } catch {
                close(directory)
                throw error
            }
        }
        throw Errno.tooManySymbolicLinkLevels
    }

    /// Opens the last of directories below each other.
    ///
    /// - Parameter followsLinks: return at the first symbolic link.
    /// - Returns: the directory, or the one that a symbolic link was found in, with its target and its index in `names`.
    private static func walk(
        _ names: ArraySlice<[CChar]>, from root: Int32, followsLinks: Bool
    ) throws -> (directory: Int32, link: (target: FilePath, index: Int)?) {
        var directory = try Self.directory(root, ".", follows: false)
        do {
            for (index, name) in zip(names.indices, names) {
                if followsLinks, let target = try link(directory, name) { return (directory, (target, index)) }
                let next = try Self.directory(directory, FilePath(platformString: name), follows: false)
                close(directory)
                directory = next
            }
            return (directory, nil)
        } catch {
            close(directory)
            throw error
        }
    }

    private static func directory(_ start: Int32, _ path: FilePath, follows: Bool) throws -> Int32 {
        let flags = onlyPlace | O_DIRECTORY | O_CLOEXEC | (follows ? 0 : O_NOFOLLOW)
        let directory = (path.isEmpty ? "." : path).withPlatformString { openat(start, $0, flags) }
        guard directory >= 0 else { throw Errno(rawValue: errno) }
        return directory
    }

    /// The target of a symbolic link; nil for another file, and for none.
    private static func link(_ directory: Int32, _ name: [CChar]) throws -> FilePath? {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(directory, name, &target, target.count - 1)
        if count >= 0 { return FilePath(platformString: Array(target[..<count]) + [0]) }
        if errno == EINVAL || errno == ENOENT { return nil }
        throw Errno(rawValue: errno)
    }

    private static func name(of path: FilePath) throws -> [CChar] {
        guard let last = path.lastComponent, last.kind == .regular else { throw Errno.isDirectory }
        return bytes(last)
    }

    private static func bytes(_ component: FilePath.Component) -> [CChar] {
        component.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) + [0] }
    }

    /// The names from a directory down to a file.
    private static func names(of path: FilePath, below top: FilePath) throws -> [[CChar]] {
        var below = path
        if top == ".", !path.isAbsolute { return try names(path, in: [], top) }
        if below.removePrefix(top) { return try names(below, in: [], top) }
        guard let current = Files.real("."), let real = Files.real(top) else { throw Errno(rawValue: errno) }
        var whole = current.pushing(path)
        whole.lexicallyNormalize()
        guard whole.removePrefix(real) else { throw LeadsOut() }
        return try names(whole, in: [], top)
    }

    /// The names that a path has from a directory with these names, which are no symbolic links.
    private static func names(_ path: FilePath, in directory: ArraySlice<[CChar]>, _ top: FilePath) throws -> [[CChar]] {
        var path = path
        var names = Array(directory)
        if path.isAbsolute {
            guard let real = Files.real(top), path.removePrefix(real) else { throw LeadsOut() }
            names = []
        }
        for component in path.components {
            switch component.kind {
            case .currentDirectory: continue
            case .parentDirectory: if names.popLast() == nil { throw LeadsOut() }
            case .regular: names.append(bytes(component))
            }
        }
        return names
    }
}
