import DomainXML
import Reports
import SystemPackage

extension InputFile {
    /// The whole content.
    ///
    /// - Parameters:
    ///   - blobs: git's contents; nil for an input that is not git's.
    ///   - limit: the most bytes that a file or git's content may have.
    package func bytes(_ blobs: GitBlobs? = nil, limit: Int = Files.definitionLimit) throws -> [UInt8] {
        switch content {
        case .standardInput(let input): try input.all()
        case .file(let path): try Files.read(path, limit: limit)
        case .blob(let id): try blobs!.content(of: id, limit: limit)
        case .bytes(let bytes): bytes
        case .failure(let failure): throw failure
        }
    }

    /// Hands its domains to `handler`.
    /// - Throws: `IOFailure`, with file, line and column for malformed content.
    package func read(
        _ blobs: GitBlobs? = nil, with reader: DomainReader, into handler: any DomainStreamHandler
    ) throws {
        func read(_ file: OpenedFile) throws {
            try Self.feed(named: name, with: reader, into: handler) { try file.feed($0, named: name) }
        }
        switch content {
        case .standardInput(let input): try read(OpenedFile(input.file))
        case .file(let path):
            // A file that was named may be a FIFO, so opening it may wait for a writer. A file that was found was a
            // regular file. It may have become a FIFO since then, so opening it must not wait.
            let file = try Files.open(path, named: name, foundBelow == nil ? .closeOnExec : [.closeOnExec, .nonBlocking])
            defer { try? file.descriptor.close() }
            if foundBelow != nil, file.size == nil {
                throw IOFailure(file: name, message: "not a regular file")
            }
            try read(file)
        case .blob(let id):
            try Self.feed(named: name, with: reader, into: handler) { reader in
                try blobs!.read(id) { try reader.feed($0) }
            }
        case .bytes, .failure:
            try bytes(blobs).withUnsafeBytes { try Self.read($0, named: name, with: reader, into: handler) }
        }
    }

    package static func read(
        _ bytes: UnsafeRawBufferPointer, named name: String, with reader: DomainReader,
        into handler: any DomainStreamHandler
    ) throws {
        try feed(named: name, with: reader, into: handler) { try $0.feed(bytes) }
    }

    /// Reads the pieces of a content as one.
    static func read(
        _ pieces: [ArraySlice<UInt8>], named name: String, with reader: DomainReader, into handler: any DomainStreamHandler
    ) throws {
        try feed(named: name, with: reader, into: handler) { reader in
            // All at once: a buffer that grows is copied.
            _ = try reader.read(upTo: pieces.reduce(0) { $0 + $1.count }) { buffer in
                pieces.reduce(0) { place, piece in
                    UnsafeMutableRawBufferPointer(rebasing: buffer[place...]).copyBytes(from: piece)
                    return place + piece.count
                }
            }
        }
    }

    private static func feed(
        named name: String, with reader: DomainReader, into handler: any DomainStreamHandler,
        _ work: (DomainReader) throws -> Void
    ) throws {
        reader.restart(for: handler)
        defer { reader.restart(for: nil) }
        do {
            try work(reader)
            try reader.finish()
        } catch let error as MalformedInput {
            throw IOFailure(error, in: name)
        }
    }
}
