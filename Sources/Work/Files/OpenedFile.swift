import DomainXML
import Reports
import SystemPackage

/// A file that was opened for reading, or a channel that takes its place. The owner closes it.
struct OpenedFile {
    let descriptor: FileDescriptor
    /// The size in bytes of a regular file when it was opened; nil for another one.
    let size: Int?

    init(_ descriptor: FileDescriptor, size: Int? = nil) {
        self.descriptor = descriptor
        self.size = size
    }

    /// Feeds a reader with the file, to its end.
    ///
    /// - Parameter name: of the file, for messages.
    func feed(_ reader: DomainReader, named name: String) throws {
        var count = 0
        let fill = { (buffer: UnsafeMutableRawBufferPointer) throws -> Int in
            do {
                let got = try descriptor.read(into: buffer)
                count += got
                return got
            } catch let error as Errno {
                throw IOFailure("cannot read \(name)", error.rawValue)
            }
        }
        // Where the size is known, the system is not asked whether more follows: what is appended meanwhile is not read.
        while try reader.read(upTo: StandardInput.chunk, fill), count != size {}
    }
}
