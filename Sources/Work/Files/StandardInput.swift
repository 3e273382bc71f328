import DomainXML
import Glibc
import SystemPackage

/// Reading of stdin, and of files that are read as a stream.
package enum StandardInput {
    /// Bytes that the system is asked for at a time. More would cost memory without being faster.
    package static let chunk = 64 << 10

    /// - Returns: the number of bytes read; 0 at the end.
    package static func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        do {
            return try FileDescriptor.standardInput.read(into: buffer)
        } catch let error as Errno {
            throw IOFailure("cannot read stdin", error.rawValue)
        }
    }

    /// A read would return at once.
    package static var isReadable: Bool {
        var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, 0) == 1
    }

    /// All of stdin.
    /// - Throws: `IOFailure`; also for more than `Files.definitionLimit` bytes.
    package static func all() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= Files.definitionLimit {
            let part = try [UInt8](unsafeUninitializedCapacity: chunk) { space, count in
                count = try read(into: UnsafeMutableRawBufferPointer(space))
            }
            if part.isEmpty { return bytes }
            bytes += part
        }
        throw IOFailure(message: "stdin: over \(Files.definitionLimit >> 20) MiB")
    }

    /// Feeds a reader with a file, to its end.
    ///
    /// - Parameter name: of the file, for messages.
    package static func read(_ file: FileDescriptor, named name: String, into reader: DomainReader) throws {
        let fill = { (buffer: UnsafeMutableRawBufferPointer) throws -> Int in
            do {
                return try file.read(into: buffer)
            } catch let error as Errno {
                throw IOFailure("cannot read \(name)", error.rawValue)
            }
        }
        while try reader.read(upTo: chunk, fill) {}
    }
}
