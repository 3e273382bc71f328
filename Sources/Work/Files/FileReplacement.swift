import CExtendedAttributes
import Glibc
import Reports
import SystemPackage

/// Replaces a file by new content: whatever happens, the file is the old one or the new one.
package enum FileReplacement {
    /// Writes a temporary file in the file's directory, copies mode, owner, access control list and other extended attributes
    /// (including SELinux's label), flushes it to the disk, and renames it. A symbolic link stays; the file that it
    /// leads to is replaced. No signal but SIGKILL interrupts that.
    ///
    /// The path is resolved once, into an open directory, and everything is copied from the file that was opened there.
    /// So it does not matter whether somebody else swaps directories and links meanwhile.
    ///
    /// - Parameters:
    ///   - top: the directory that the file was found below, and must lie in. Nil for a file that somebody named.
    ///   - old: the content that was judged. A file with other content by now is left alone.
    /// - Throws: `IOFailure`; also for a file with other names (hard links), which would keep the old content, for a
    ///   read-only file, and for one that is not a regular file.
    package static func replace(_ file: FilePath, below top: FilePath? = nil, from old: [UInt8], with new: [UInt8]) throws {
        try OrderlyEnd.install()
        try OrderlyEnd.uninterrupted {
            let name = printable(file.string)
            let place = try place(of: file, below: top, name)
            let (original, status) = try open(place, name)
            try original.closeAfter { try replace(place, original, status, from: old, with: new, name) }
        }
    }

    private static func replace(
        _ place: FilePlace, _ original: FileDescriptor, _ status: stat, from old: [UInt8], with new: [UInt8], _ name: String
    ) throws {
        let temporary: TemporaryFile
        do {
            temporary = try TemporaryFile(for: place)
        } catch let error as Errno {
            throw IOFailure("\(name): not changed: cannot create a file in its directory", error.rawValue)
        }
        do {
            _ = try temporary.descriptor.writeAll(new)
            try copyAttributes(of: original.rawValue, status, to: temporary.descriptor.rawValue, name)
            try temporary.flush()
        } catch let error as Errno {
            throw IOFailure("\(name): not changed: cannot write", error.rawValue)
        }
        guard try Files.has(old, original, name), isSame(try? place.status(), status) else {
            throw IOFailure(message: "\(name): not changed: another program changed the file in the meantime")
        }
        do {
            try temporary.takeName()
        } catch let error as Errno {
            throw IOFailure("\(name): not changed", error.rawValue)
        }
    }

    private static func place(of file: FilePath, below top: FilePath?, _ name: String) throws -> FilePlace {
        do {
            return try top.map { try FilePlace(file, below: $0) } ?? FilePlace(file)
        } catch is FilePlace.LeadsOut {
            throw IOFailure(message: "\(name): not changed: the symbolic link leads out of \(printable(top?.string ?? ""))")
        } catch Errno.notDirectory where top != nil {
            throw IOFailure(message: "\(name): not changed: a directory of its path is a symbolic link by now")
        } catch let error as Errno {
            throw IOFailure(name, error.rawValue)
        }
    }

    /// Opens the file that will be replaced.
    private static func open(_ place: FilePlace, _ name: String) throws -> (FileDescriptor, stat) {
        do {
            // What is no regular file is not even opened.
            var status = try place.status()
            try check(status, name)
            // Root may write read-only files, but should not.
            guard status.st_mode & 0o222 != 0, faccessat(place.directory, place.name, W_OK, 0) == 0 else {
                throw IOFailure(message: "\(name): not changed: the file is read-only")
            }
            let original = try place.open()
            do {
                if fstat(original.rawValue, &status) != 0 { throw Errno(rawValue: errno) }
                try check(status, name)
                return (original, status)
            } catch {
                try? original.close()
                throw error
            }
        } catch let error as Errno {
            throw IOFailure(name, error.rawValue)
        }
    }

    private static func check(_ status: stat, _ name: String) throws {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw IOFailure(message: "\(name): not changed: not a regular file")
        }
        guard status.st_nlink == 1 else {
            throw IOFailure(message: "\(name): not changed: the file has \(status.st_nlink) names (hard links)")
        }
    }

    private static func isSame(_ a: stat?, _ b: stat) -> Bool { a?.st_dev == b.st_dev && a?.st_ino == b.st_ino }

    private static func copyAttributes(
        of original: Int32, _ status: stat, to descriptor: Int32, _ name: String
    ) throws {
        // In a set-group-ID directory, a new file gets the group of the directory, which can be the wrong one.
        var own = stat()
        guard fstat(descriptor, &own) == 0 else { throw IOFailure("\(name): not changed") }
        // Owner before mode: a change of owner clears the set-user-ID bits.
        if status.st_uid != own.st_uid || status.st_gid != own.st_gid {
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
                throw IOFailure("\(name): not changed: cannot keep its owner")
            }
        }
        let wanted = attributes { flistxattr(original, $0, $1) }
        // A new file can have attributes that the old one does not have, such as the default access list of its
        // directory.
        for attribute in attributes({ flistxattr(descriptor, $0, $1) }) where !wanted.contains(attribute) {
            let shown = shown(attribute)
            guard fremovexattr(descriptor, attribute) == 0 || shown.hasPrefix("security.") else {
                throw IOFailure("\(name): not changed: cannot remove the extended attribute \(printable(shown))")
            }
        }
        for attribute in wanted { try copyAttribute(attribute, of: original, to: descriptor, name) }
        // The mode is set after the access list, because the mask of the list occupies the group's bits.
        guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
            throw IOFailure("\(name): not changed: cannot keep its mode")
        }
    }

    /// Names of extended attributes, each with its terminating zero; none where the file system has none.
    private static func attributes(_ list: (UnsafeMutablePointer<CChar>?, Int) -> Int) -> [[CChar]] {
        let size = list(nil, 0)
        guard size > 0 else { return [] }
        var names = [CChar](repeating: 0, count: size + 1)
        let count = names.withUnsafeMutableBufferPointer { list($0.baseAddress, size) }
        guard count > 0 else { return [] }
        return names[..<count].split(separator: 0).map { Array($0) + [0] }
    }

    private static func shown(_ attribute: [CChar]) -> String {
        String(decoding: attribute.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func copyAttribute(
        _ attribute: [CChar], of original: Int32, to descriptor: Int32, _ name: String
    ) throws {
        let size = fgetxattr(original, attribute, nil, 0)
        guard size >= 0 else { return }
        var value = [UInt8](repeating: 0, count: max(size, 1))
        let count = fgetxattr(original, attribute, &value, size)
        guard count >= 0, fsetxattr(descriptor, attribute, value, count, 0) != 0 else { return }
        var present = [UInt8](repeating: 0, count: max(size, 1))
        // It is no failure if the new file has the same value already, for example a label that the system gives to new
        // files.
        if fgetxattr(descriptor, attribute, &present, count) == count, present == value { return }
        throw IOFailure("\(name): not changed: cannot keep its extended attribute \(printable(shown(attribute)))")
    }
}
