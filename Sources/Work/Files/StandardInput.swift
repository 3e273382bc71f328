import Glibc
import SystemPackage

/// Reading of a run's input channel, which messages call stdin, and of a file that takes its place.
package struct StandardInput: Sendable {
    /// Bytes that the system is asked for at a time. More would cost memory without being faster.
    package static let chunk = 64 << 10

    let file: FileDescriptor
    /// For messages.
    private let name: String

    package init(_ channels: Channels) { self.init(FileDescriptor(rawValue: channels.input), named: "stdin") }

    /// A file in place of the input channel.
    init(_ file: FileDescriptor, named name: String) {
        self.file = file
        self.name = name
    }

    /// - Returns: the number of bytes read; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        do {
            return try file.read(into: buffer)
        } catch let error as Errno {
            throw IOFailure("cannot read \(name)", error.rawValue)
        }
    }

    /// A read would return at once.
    package var isReadable: Bool {
        var wanted = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, 0) == 1
    }

    /// The whole input.
    /// - Throws: `IOFailure`; also for more than `Files.definitionLimit` bytes.
    package func all() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= Files.definitionLimit {
            let part = try [UInt8](unsafeUninitializedCapacity: Self.chunk) { space, count in
                count = try read(into: UnsafeMutableRawBufferPointer(space))
            }
            if part.isEmpty { return bytes }
            bytes += part
        }
        throw IOFailure(message: "\(name): more than \(Files.definitionLimit >> 20) MiB")
    }
}
