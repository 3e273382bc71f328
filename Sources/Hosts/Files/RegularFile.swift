#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads whole files safely when somebody else has chosen the path or made the file: a FIFO does not block the program,
/// and a huge file does not fill the memory.
package enum RegularFile {
    /// The bytes of a regular file. Symbolic links are followed.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - limit: the most bytes that the file may have.
    /// - Throws: `FileReadingError`, which does not contain the path.
    package static func read(_ path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
        try read(platformPath: path, limit: limit)
    }

    /// The bytes of a regular file whose path need not be UTF-8. Symbolic links are followed.
    ///
    /// - Parameters:
    ///   - path: the path of the file, ended by a NUL.
    ///   - limit: the most bytes that the file may have.
    /// - Throws: `FileReadingError`, which does not contain the path.
    package static func read(
        platformPath path: UnsafePointer<CChar>, limit: Int
    ) throws(FileReadingError) -> [UInt8] {
        let descriptor = try opened(path)
        defer { close(descriptor) }
        return try read(descriptor: descriptor, limit: limit)
    }

    /// The first bytes of a regular file whose path need not be UTF-8. Symbolic links are followed.
    ///
    /// - Parameters:
    ///   - path: the path of the file, ended by a NUL.
    ///   - most: the most bytes that are read.
    /// - Throws: `FileReadingError`, which does not contain the path.
    package static func beginning(
        platformPath path: UnsafePointer<CChar>, most: Int
    ) throws(FileReadingError) -> [UInt8] {
        let descriptor = try opened(path)
        defer { close(descriptor) }
        _ = try sizeOfRegular(descriptor)
        return try chunk(of: descriptor, most: most)
    }

    /// Without O_NONBLOCK, a FIFO that nobody writes to would block the program.
    private static func opened(_ path: UnsafePointer<CChar>) throws(FileReadingError) -> CInt {
        try retrying { open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
    }

    /// The bytes of an open regular file, from its place of reading on.
    ///
    /// - Throws: `FileReadingError`.
    package static func read(descriptor: CInt, limit: Int) throws(FileReadingError) -> [UInt8] {
        try contents(of: descriptor, size: try sizeOfRegular(descriptor), limit: limit)
    }

    /// Whether an open regular file has this content, from its place of reading on. A file that is larger is not read.
    ///
    /// - Throws: `FileReadingError`.
    package static func has(_ content: [UInt8], descriptor: CInt) throws(FileReadingError) -> Bool {
        guard try sizeOfRegular(descriptor) <= content.count else { return false }
        var rest = content[...]
        while true {
            let part = try chunk(of: descriptor, most: 64 << 10)
            guard rest.starts(with: part) else { return false }
            rest = rest.dropFirst(part.count)
            if part.isEmpty { return rest.isEmpty }
        }
    }

    private static func sizeOfRegular(_ descriptor: CInt) throws(FileReadingError) -> Int {
        var status = stat()
        _ = try retrying { fstat(descriptor, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        return Int(status.st_size)
    }

    /// Reads to the end of the file.
    ///
    /// - Parameter size: the size that the system reports. A file that grows meanwhile, and a file of `/proc` that
    ///   reports 0, is read to its end as well.
    private static func contents(
        of descriptor: CInt, size: Int, limit: Int
    ) throws(FileReadingError) -> [UInt8] {
        if size > limit { throw .tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        // There is room for one byte more than the file has. If the array is not full afterwards, the file has ended.
        var room = size + 1
        while true {
            let chunk = try chunk(of: descriptor, most: room)
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            if bytes.count > limit { throw .tooLarge(limit: limit) }
            if chunk.count < room { return bytes }
            room = 64 << 10
        }
    }

    private static func chunk(of descriptor: CInt, most: Int) throws(FileReadingError) -> [UInt8] {
        var failure: FileReadingError?
        let chunk = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            do throws(FileReadingError) {
                count = try fill(buffer, from: descriptor)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return chunk
    }

    /// Reads until the buffer is full or the file ends, and returns the number of bytes.
    private static func fill(
        _ buffer: UnsafeMutableBufferPointer<UInt8>, from descriptor: CInt
    ) throws(FileReadingError) -> Int {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
            let got = try retrying { readBytes(descriptor, rest.baseAddress, rest.count) }
            if got == 0 { break }
            count += got
        }
        return count
    }

    /// Calls the system again when a signal has interrupted it.
    private static func retrying<Result: SignedInteger>(
        _ call: () -> Result
    ) throws(FileReadingError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { throw .system(errno: errno) }
        }
    }
}

/// The system's `read`. Inside `RegularFile`, the name `read` stands for its own methods.
private func readBytes(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
