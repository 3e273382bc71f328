import Glibc
import SystemPackage

/// Why nothing more can be written or read.
struct IOFailure: Error, CustomStringConvertible {
    var description: String
    /// What was read is at fault, and not the reading.
    var isMalformed = false

    init(_ what: String, _ number: Int32 = errno) {
        description = "virt-cpu: error: \(what): \(String(cString: strerror(number)))"
    }

    init(message: String) { description = "virt-cpu: error: \(message)" }
}

/// Buffered writing to stdout that reports every failure. A closed pipe ends the program by SIGPIPE, quietly, as
/// other filters do.
///
/// Not an array: its checks at each of four writes a domain showed in the profile.
final class StandardOutput {
    private let buffer: UnsafeMutableRawPointer
    private var count = 0
    private static let limit = 128 << 10

    init() { buffer = .allocate(byteCount: Self.limit, alignment: 16) }

    deinit { buffer.deallocate() }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        if count + bytes.count > Self.limit { try flush() }
        if bytes.count > Self.limit / 2 {
            try flush()
            try Self.writeAll(bytes)
        } else {
            memcpy(buffer + count, start, bytes.count)
            count += bytes.count
        }
    }

    func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    func flush() throws {
        guard count > 0 else { return }
        defer { count = 0 }
        try Self.writeAll(UnsafeRawBufferPointer(start: buffer, count: count))
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch let error as Errno {
            if error == .brokenPipe { OrderlyEnd.awaitSignal() }
            throw IOFailure("cannot write to stdout", error.rawValue)
        }
    }

    static func write(_ text: String) {
        let output = StandardOutput()
        do {
            try output.write(text)
            try output.flush()
        } catch {
            complain("\(error)")
            exit(ExitStatus.failed.rawValue)
        }
    }
}
