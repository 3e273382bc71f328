import Glibc
import SystemPackage

/// A new file beside the one that it is to replace. Its name is hidden and does not end in `.xml`. It is removed at the end
/// of its life, unless it has taken the other one's name.
final class TemporaryFile {
    let descriptor: FileDescriptor
    private let path: FilePath
    private var isRenamed = false

    /// - Parameter permissions: of the new file, less what the process's umask takes away. The system does that when it
    ///   creates the file, because the umask cannot be read without setting it, also for other threads.
    /// - Throws: `Errno`.
    init(beside target: FilePath, permissions: FilePermissions = .ownerReadWrite) throws {
        let directory = target.removingLastComponent()
        var attempts = 0
        while true {
            let name = ".virt-cpu.\(String(UInt64.random(in: .min ... .max), radix: 36))"
            let path = (directory.isEmpty ? "." : directory).appending(name)
            do {
                descriptor = try FileDescriptor.open(
                    path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
                self.path = path
                return
            } catch Errno.fileExists where attempts < 100 {
                attempts += 1
            }
        }
    }

    deinit {
        try? descriptor.close()
        if !isRenamed { _ = path.withPlatformString { unlink($0) } }
    }

    /// Flushes the content to the disk: a file that has taken another one's name is whole, even after a power failure.
    /// - Throws: `Errno`.
    func flush() throws {
        if fsync(descriptor.rawValue) != 0 { throw Errno(rawValue: errno) }
    }

    /// Gives the file the target's name.
    /// - Throws: `Errno`.
    func rename(to target: FilePath) throws {
        let isDone = path.withPlatformString { old in target.withPlatformString { Glibc.rename(old, $0) == 0 } }
        if !isDone { throw Errno(rawValue: errno) }
        isRenamed = true
        // Flushes the rename to the disk. Not every file system can; a failure is ignored.
        let directory = target.removingLastComponent()
        guard let descriptor = try? FileDescriptor.open(
            directory.isEmpty ? "." : directory, .readOnly, options: [.directory, .closeOnExec])
        else { return }
        fsync(descriptor.rawValue)
        try? descriptor.close()
    }
}
