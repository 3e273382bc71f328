import Glibc
import SystemPackage

/// Why nothing more can be written or read.
struct IOFailure: Error, CustomStringConvertible {
    var description: String

    init(_ what: String, _ number: Int32 = errno) {
        description = "virt-cpu: error: \(what): \(String(cString: strerror(number)))"
    }

    init(message: String) { description = "virt-cpu: error: \(message)" }
}

/// Buffered writing to stdout that reports every failure. A closed pipe ends the program by SIGPIPE, quietly, as
/// other filters do.
struct StandardOutput {
    private var buffer: [UInt8] = []
    private static let limit = 256 << 10

    init() { buffer.reserveCapacity(Self.limit) }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
        if buffer.count + bytes.count > Self.limit { try flush() }
        if bytes.count > Self.limit {
            try Self.writeAll(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    mutating func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    mutating func flush() throws {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        try buffer.withUnsafeBytes { try Self.writeAll($0) }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch let error as Errno {
            throw IOFailure("cannot write to stdout", error.rawValue)
        }
    }

    static func write(_ text: String) {
        var output = StandardOutput()
        do {
            try output.write(text)
            try output.flush()
        } catch {
            complain("\(error)")
            exit(ExitStatus.failed.rawValue)
        }
    }
}
