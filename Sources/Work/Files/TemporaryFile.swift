import Glibc
import SystemPackage

/// A new file in the directory of the one that it is to replace. It has no name until its content is complete, where the file
/// system can do that (`O_TMPFILE`), so that nothing is left of it, however the program ends. Elsewhere its name is hidden
/// and does not end in `.xml`. It is removed at the end of its life, unless it has taken the other one's name.
final class TemporaryFile {
    let descriptor: FileDescriptor
    private let place: FilePlace
    /// The name, ended by a zero; nil while there is none.
    private var name: [CChar]?

    /// `O_TMPFILE`, which Swift's Glibc module leaves out.
    private static let nameless = 0o20000000 | O_DIRECTORY
    private static let mostAttempts = 100

    /// - Parameters:
    ///   - place: that of the file that will be replaced.
    ///   - permissions: of the new file, less what the process's umask takes away. The system does that when it creates the
    ///     file, because the umask cannot be read without setting it, also for other threads.
    /// - Throws: `Errno`.
    init(for place: FilePlace, permissions: FilePermissions = .ownerReadWrite) throws {
        self.place = place
        let file = openat(place.directory, ".", Self.nameless | O_WRONLY | O_CLOEXEC, permissions.rawValue)
        if file >= 0 {
            // Without /proc, the file could get no name.
            if access(Self.path(of: file), F_OK) == 0 {
                descriptor = FileDescriptor(rawValue: file)
                return
            }
            close(file)
        }
        let (name, named) = try Self.attempt { name in
            openat(place.directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions.rawValue)
        }
        self.name = name
        descriptor = FileDescriptor(rawValue: named)
    }

    deinit {
        try? descriptor.close()
        if let name { unlinkat(place.directory, name, 0) }
    }

    /// Flushes the content to the disk: a file that has taken another one's name is whole, even after a power failure.
    /// - Throws: `Errno`.
    func flush() throws {
        if fsync(descriptor.rawValue) != 0 { throw Errno(rawValue: errno) }
    }

    /// Gives the file the name of the place, in place of the file that has it.
    /// - Throws: `Errno`.
    func takeName() throws {
        let old: [CChar]
        if let name {
            old = name
        } else {
            // No call gives a nameless file the name of another one.
            old = try Self.attempt {
                linkat(AT_FDCWD, Self.path(of: descriptor.rawValue), place.directory, $0, AT_SYMLINK_FOLLOW)
            }.name
            name = old
        }
        guard renameat(place.directory, old, place.directory, place.name) == 0 else { throw Errno(rawValue: errno) }
        name = nil
        // Flushes the rename to the disk. Not every file system can; a failure is ignored.
        let directory = openat(place.directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    private static func path(of descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

    /// Tries names until one is free.
    private static func attempt(_ work: ([CChar]) -> Int32) throws -> (name: [CChar], result: Int32) {
        var attempts = 0
        while true {
            let name = Array(".virt-cpu.\(String(UInt64.random(in: .min ... .max), radix: 36))".utf8CString)
            let result = work(name)
            if result >= 0 { return (name, result) }
            attempts += 1
            if errno != EEXIST || attempts > mostAttempts { throw Errno(rawValue: errno) }
        }
    }
}
