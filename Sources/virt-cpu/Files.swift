import Glibc
import SystemPackage

/// Reading of small files and walking of directories.
enum Files {
    /// Bytes of a policy or host file at most.
    static let sizeLimit = 16 << 20

    /// Reads a regular file.
    /// - Throws: `IOFailure`; also for what is no regular file, or over `limit` bytes.
    static func read(_ path: String, limit: Int = sizeLimit) throws -> [UInt8] {
        let file: FileDescriptor
        do {
            // Not waiting: a FIFO would hold the program for ever.
            file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.nonBlocking, .closeOnExec])
        } catch let error as Errno {
            throw IOFailure(path, error.rawValue)
        }
        defer { try? file.close() }
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw IOFailure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw IOFailure(message: "\(path): not a regular file") }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let chunk = try [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                do {
                    count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                } catch let error as Errno {
                    throw IOFailure(path, error.rawValue)
                }
            }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
        throw IOFailure(message: "\(path): over \(limit) bytes")
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The path with all symbolic links followed; `nil` when it does not exist.
    static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// Regular files `*.xml` below a directory, in byte order of their paths; hidden names and symbolic links to
    /// directories are passed over.
    static func definitions(below directory: String) throws -> [String] {
        var found: [String] = []
        try walk(directory, depth: 0, &found)
        return found.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    private static func walk(_ directory: String, depth: Int, _ found: inout [String]) throws {
        guard depth < 64 else { throw IOFailure(message: "\(directory): more than 64 directories deep") }
        guard let stream = opendir(directory) else { throw IOFailure(directory) }
        var names: [String] = []
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
            }
        }
        closedir(stream)
        for name in names where !name.hasPrefix(".") {
            let path = directory == "." ? name : directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try walk(path, depth: depth + 1, &found)
            case S_IFREG: if name.hasSuffix(".xml") { found.append(path) }
            case S_IFLNK:
                guard name.hasSuffix(".xml"), stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
                found.append(path)
            default: continue
            }
        }
    }

    /// Paths that a pattern names, in byte order.
    static func expand(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
    }
}
