import Glibc
import SystemPackage

/// Buffered writing to a descriptor, which reports every failure. A closed pipe ends the program by SIGPIPE, quietly,
/// as it ends other filters.
///
/// The buffer is raw memory, without the checks of an array, because the filter writes four times per domain.
package final class OutputStream {
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawPointer
    private var count = 0
    /// Called before bytes leave the buffer, which also happens when it is full.
    var beforeWriting: () -> Void = {}
    /// Bytes that are collected before they are written.
    private static let limit = 128 << 10

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
        buffer = .allocate(byteCount: Self.limit, alignment: 16)
    }

    deinit { buffer.deallocate() }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        if count + bytes.count > Self.limit { try flush() }
        if bytes.count > Self.limit / 2 {
            try flush()
            try writeAll(bytes)
        } else {
            memcpy(buffer + count, start, bytes.count)
            count += bytes.count
        }
    }

    package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    package func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    package func flush() throws {
        guard count > 0 else { return }
        defer { count = 0 }
        try writeAll(UnsafeRawBufferPointer(start: buffer, count: count))
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        beforeWriting()
        do {
            _ = try FileDescriptor(rawValue: descriptor).writeAll(bytes)
        } catch let error as Errno {
            if error == .brokenPipe { OrderlyEnd.awaitSignal() }
            throw IOFailure("cannot write to stdout", error.rawValue)
        }
    }
}
