import Glibc
import SystemPackage

/// Files, and when each of them last changed, to notice that one of them is another by now.
struct FileStamps {
    private struct Stamp: Equatable {
        var seconds = 0, nanoseconds = 0, size = 0
        var inode: UInt = 0
    }

    /// The stamps of files and directories; nil for a path that did not exist.
    private var stamps: [FilePath: Stamp?] = [:]

    /// Notes the present state of a file or directory.
    mutating func note(_ path: FilePath) { stamps[path] = .some(Self.stamp(of: path)) }

    /// Whether all that was noted is still the same.
    var areCurrent: Bool { stamps.allSatisfy { Self.stamp(of: $0.key) == $0.value } }

    private static func stamp(of path: FilePath) -> Stamp? {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
        return Stamp(
            seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec), size: Int(status.st_size),
            inode: UInt(status.st_ino))
    }
}
