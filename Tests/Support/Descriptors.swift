import Glibc

/// Writes all bytes to a descriptor.
///
/// - Returns: false when the reader is gone.
@discardableResult
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var place = 0
    while place < bytes.count {
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + place, bytes.count - place) }
        if written < 0 && errno == EINTR { continue }
        if written <= 0 { return false }
        place += written
    }
    return true
}

/// Reads a descriptor to its end.
package func readAll(_ descriptor: Int32) -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let got = read(descriptor, &buffer, buffer.count)
        if got < 0 && errno == EINTR { continue }
        if got <= 0 { return result }
        result += buffer[..<got]
    }
}

/// Both ends of a FIFO. Programs that other tests start meanwhile do not inherit them.
package func fifo() -> (read: Int32, write: Int32) {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/fifo"
    precondition(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    let writer = open(path, O_WRONLY | O_CLOEXEC)
    precondition(reader >= 0 && writer >= 0)
    _ = fcntl(reader, F_SETFL, 0)
    return (reader, writer)
}

/// A file without a name, which exists as long as this value does.
package final class ScratchFile: Sendable {
    package let descriptor: Int32

    /// A file with these bytes; reading starts at its beginning.
    package init(_ bytes: [UInt8] = []) {
        var name = Array("/tmp/virt-cpu-tests.XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        precondition(descriptor >= 0, "no temporary file in /tmp")
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(name)
        precondition(writeAll(bytes, to: descriptor))
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }

    /// The whole content, wherever reading and writing have come to.
    package var contents: [UInt8] {
        lseek(descriptor, 0, SEEK_SET)
        return readAll(descriptor)
    }
}
