import Glibc
import SystemPackage

/// Reading of small files and walking of directories.
enum Files {
    /// Bytes of a policy or host file at most.
    static let sizeLimit = 16 << 20
    /// Definitions below a directory at most; a check of so many takes 400 MB.
    static let mostDefinitions = 1_000_000

    /// Reads a regular file.
    /// - Throws: `IOFailure`; also for what is no regular file, or over `limit` bytes.
    static func read(_ path: FilePath, limit: Int = sizeLimit) throws -> [UInt8] {
        let name = printable(path.string)
        let file: FileDescriptor
        do {
            // Not waiting: a FIFO would hold the program for ever.
            file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
        } catch let error as Errno {
            throw IOFailure(name, error.rawValue)
        }
        defer { try? file.close() }
        guard isRegular(file) else { throw IOFailure(message: "\(name): not a regular file") }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let chunk = try [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                do {
                    count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                } catch let error as Errno {
                    throw IOFailure(name, error.rawValue)
                }
            }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
        throw IOFailure(message: "\(name): over \(limit) bytes")
    }

    static func exists(_ path: FilePath) -> Bool { path.withPlatformString { access($0, F_OK) == 0 } }

    static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func isRegular(_ file: FileDescriptor) -> Bool {
        var status = stat()
        return fstat(file.rawValue, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    static func isSymbolicLink(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The path with all symbolic links followed; `nil` when it does not exist.
    static func real(_ path: FilePath) -> FilePath? {
        guard let found = path.withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(found) }
        return FilePath(platformString: found)
    }

    /// The directory that a file lies in, or the nearest above that is there.
    static func nearestDirectory(of file: FilePath) -> FilePath {
        var place = file
        while place.removeLastComponent(), !isDirectory(place) {}
        return place.isEmpty ? "." : place
    }

    /// Paths as they stood on the command line. A `String` has lost the bytes of a name that is not UTF-8.
    static func named(by arguments: [String]) -> [FilePath] {
        var bytes = (0..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0].map { FilePath(platformString: $0) } }
        return arguments.map { argument in
            guard argument.unicodeScalars.contains("\u{fffd}"),
                let index = bytes.firstIndex(where: { $0 == FilePath(argument) || $0.string == FilePath(argument).string })
            else { return FilePath(argument) }
            return bytes.remove(at: index)
        }
    }

    /// Regular files `*.xml` below a directory, in byte order of their paths; hidden names and symbolic links to
    /// directories are passed over. Names are bytes: they need not be UTF-8.
    ///
    /// - Parameters:
    ///   - most: how many there may be; of a directory with more, that is told, and none are returned.
    ///   - unreadable: told of what cannot be read; the others are.
    static func definitions(
        below directory: FilePath, most: Int = mostDefinitions, unreadable: (IOFailure) -> Void
    ) -> [FilePath] {
        var found: [[CChar]] = []
        let top = directory.withPlatformString { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
        walk(top, depth: 0, &found, most: most, unreadable)
        if found.count > most {
            found.removeAll()
            unreadable(IOFailure(message: "\(printable(directory.string)): more than \(most) definitions"))
        }
        found.sort { $0.lexicographicallyPrecedes($1) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) } }
        return found.map { FilePath(platformString: $0 + [0]) }
    }

    private static func walk(
        _ directory: [CChar], depth: Int, _ found: inout [[CChar]], most: Int, _ unreadable: (IOFailure) -> Void
    ) {
        let shown = printable(FilePath(platformString: directory + [0]).string)
        guard depth < 64 else { return unreadable(IOFailure(message: "\(shown): more than 64 directories deep")) }
        guard let stream = opendir(directory + [0]) else { return unreadable(IOFailure(shown)) }
        let slash = CChar(UInt8(ascii: "/")), dot = CChar(UInt8(ascii: "."))
        let suffix = ".xml".utf8.map { CChar($0) }
        var entries: [(name: [CChar], isFile: Bool)] = []
        while let entry = readdir(stream) {
            // Where the file system says it; where not, lstat does.
            let isFile = Int32(entry.pointee.d_type) == Int32(DT_REG)
            withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    let name = UnsafeBufferPointer(start: $0, count: strlen($0))
                    if name.first == dot || isFile && !name.suffix(4).elementsEqual(suffix) { return }
                    entries.append((Array(name), isFile))
                }
            }
        }
        closedir(stream)
        // `check .` names files as `ls` would.
        let prefix = directory == [dot] ? [] : directory + (directory.last == slash ? [] : [slash])
        for (name, isFile) in entries {
            // One too many tells that there are.
            if found.count > most { return }
            if isFile {
                found.append(prefix + name)
                continue
            }
            let path = prefix + name
            var status = stat()
            guard lstat(path + [0], &status) == 0 else {
                // Gone already; the rest is something that nobody has looked at.
                if errno != ENOENT { unreadable(IOFailure(printable(FilePath(platformString: path + [0]).string))) }
                continue
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: walk(path, depth: depth + 1, &found, most: most, unreadable)
            case S_IFREG: if name.suffix(4) == suffix[...] { found.append(path) }
            case S_IFLNK:
                guard name.suffix(4) == suffix[...], stat(path + [0], &status) == 0, status.st_mode & S_IFMT == S_IFREG
                else { continue }
                found.append(path)
            default: continue
            }
        }
    }

    /// Paths that a pattern names, in byte order.
    ///
    /// - Parameter directory: what a relative pattern starts from; its own name is no pattern.
    static func expand(_ pattern: String, in directory: FilePath = "") -> [FilePath] {
        var whole: [CChar] = []
        if !pattern.hasPrefix("/"), !directory.isEmpty {
            let special = "*?[\\".utf8.map { CChar($0) }
            directory.withPlatformString {
                for byte in UnsafeBufferPointer(start: $0, count: strlen($0)) {
                    if special.contains(byte) { whole.append(CChar(UInt8(ascii: "\\"))) }
                    whole.append(byte)
                }
            }
            whole.append(CChar(UInt8(ascii: "/")))
        }
        whole += pattern.utf8CString
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(whole, 0, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { FilePath(platformString: $0) } }
    }
}
