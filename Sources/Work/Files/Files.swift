import Glibc
import Hosts
import Reports
import SystemPackage

/// Questions about files, and reading of small ones.
package enum Files {
    /// The most bytes that a host file may have.
    static let sizeLimit = 16 << 20
    /// The most bytes of a definition that is read as a whole: from stdin, a file, or git.
    package static let definitionLimit = 256 << 20

    /// Reads a regular file.
    /// - Throws: `IOFailure`; also for what is not a regular file, and for more than `limit` bytes.
    package static func read(_ path: FilePath, limit: Int = sizeLimit) throws -> [UInt8] {
        do {
            return try path.withPlatformString { try RegularFile.read(platformPath: $0, limit: limit) }
        } catch let error as FileReadingError {
            throw failure(error, path.string)
        }
    }

    /// The first bytes of a regular file, at most 64 KiB.
    /// - Throws: `IOFailure`; also for what is not a regular file.
    static func beginning(of path: FilePath) throws -> [UInt8] {
        do {
            return try path.withPlatformString { try RegularFile.beginning(platformPath: $0, most: 64 << 10) }
        } catch let error as FileReadingError {
            throw failure(error, path.string)
        }
    }

    /// Opens a file, which may be a pipe, for reading.
    ///
    /// - Parameters:
    ///   - name: the file, as the user knows it.
    ///   - options: how it is opened.
    /// - Throws: `IOFailure`; also for a directory.
    static func open(_ path: FilePath, named name: String, _ options: FileDescriptor.OpenOptions = .closeOnExec) throws -> OpenedFile {
        let directory = IOFailure(file: name, message: "this is a directory: name a file in it")
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(path, .readOnly, options: options)
        } catch let error as Errno {
            throw isDirectory(path) ? directory : IOFailure(file: name, error.rawValue)
        }
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { return OpenedFile(file) }
        if status.st_mode & S_IFMT == S_IFDIR {
            try? file.close()
            throw directory
        }
        return OpenedFile(file, size: status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil)
    }

    /// Whether a regular file that was just opened has this content.
    /// - Throws: `IOFailure`; also for what is not a regular file.
    static func has(_ content: [UInt8], _ file: FileDescriptor, _ name: String) throws -> Bool {
        do throws(FileReadingError) {
            return try RegularFile.has(content, descriptor: file.rawValue)
        } catch {
            throw failure(error, name)
        }
    }

    private static func failure(_ error: FileReadingError, _ name: String) -> IOFailure {
        if case .system(let number) = error { return IOFailure(file: name, number) }
        return IOFailure(file: name, message: "\(error)")
    }

    package static func exists(_ path: FilePath) -> Bool { path.withPlatformString { access($0, F_OK) == 0 } }

    package static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether everybody may create files in a directory.
    static func isOpenToAll(_ directory: FilePath) -> Bool {
        var status = stat()
        return directory.withPlatformString { stat($0, &status) } == 0 && status.st_mode & S_IWOTH != 0
    }

    static func isRegular(_ file: FileDescriptor) -> Bool {
        var status = stat()
        return fstat(file.rawValue, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    static func isSymbolicLink(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The path with all symbolic links resolved; nil when it does not exist.
    static func real(_ path: FilePath) -> FilePath? {
        guard let found = path.withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(found) }
        return FilePath(platformString: found)
    }

    /// The directory that a file lies in, or the nearest existing one above it.
    static func nearestDirectory(of file: FilePath) -> FilePath {
        var place = file
        while place.removeLastComponent(), !isDirectory(place) {}
        return place.isEmpty ? "." : place
    }

    /// The top of the git repository that a directory lies in; nil if there is none.
    ///
    /// - Parameter directory: an absolute path without links.
    static func repository(of directory: FilePath) -> FilePath? {
        var place = directory
        // In a worktree and in a submodule, .git is a file.
        while !exists(place.appending(".git")) {
            guard place.removeLastComponent() else { return nil }
        }
        return place
    }
}
