import Glibc
import SystemPackage

/// A new file beside the one that it is to replace. Its name is hidden and does not end in `.xml`.
struct TemporaryFile {
    let descriptor: FileDescriptor
    let path: FilePath

    /// - Throws: `Errno`.
    init(beside target: FilePath) throws {
        let directory = target.removingLastComponent()
        var template = (directory.isEmpty ? "." : directory).appending(".virt-cpu.XXXXXX").withPlatformString {
            Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
        }
        let number = mkstemp(&template)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        descriptor = FileDescriptor(rawValue: number)
        path = FilePath(platformString: template)
    }

    /// Gives the file the target's name.
    /// - Throws: `Errno`.
    func rename(to target: FilePath) throws {
        let isRenamed = path.withPlatformString { old in target.withPlatformString { Glibc.rename(old, $0) == 0 } }
        if !isRenamed { throw Errno(rawValue: errno) }
    }

    func remove() { _ = path.withPlatformString { unlink($0) } }
}
