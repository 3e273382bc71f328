#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a file cannot be read.
package enum FileReadingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system refuses. The value is its `errno`.
    case system(errno: Int32)
    /// The path names a directory, a FIFO, a device or a socket.
    case notRegular
    /// The file has more bytes than the limit.
    case tooLarge(limit: Int)

    /// The reason in a few words, without the path.
    package var description: String {
        switch self {
        case .system(let errno): String(cString: strerror(errno))
        case .notRegular: "not a regular file"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        }
    }
}
