import Glibc
import Reports
import SystemPackage

/// A file that a report is written into. The report replaces a file of its name, whole, at the end.
struct ReportFile {
    private let file: FilePath
    private var bytes: [UInt8] = []

    /// - Throws: `IOFailure` for a file that cannot be written, before anything is judged.
    init(_ file: FilePath) throws {
        self.file = file
        let directory = file.removingLastComponent()
        let isWritable = isSpecial
            ? file.withPlatformString { access($0, W_OK) } == 0
            : (directory.isEmpty ? "." : directory).withPlatformString { access($0, W_OK) } == 0
        if !isWritable { throw IOFailure(printable(file.string)) }
        if Files.isDirectory(file) { throw IOFailure(printable(file.string), EISDIR) }
    }

    /// The file exists and is no regular file: a device or a pipe, which is written and not replaced.
    private var isSpecial: Bool {
        var status = stat()
        return file.withPlatformString { stat($0, &status) } == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    mutating func write(_ text: String) { bytes += text.utf8 }

    /// Writes the file.
    /// - Throws: `IOFailure`; an existing file is then the old one.
    func finish() throws {
        do {
            if isSpecial {
                let descriptor = try FileDescriptor.open(file, .writeOnly, options: [.closeOnExec])
                return try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            }
            try OrderlyEnd.uninterrupted { try replace() }
        } catch let error as Errno {
            throw IOFailure("\(printable(file.string)): cannot write", error.rawValue)
        }
    }

    private func replace() throws {
        // The report belongs where a link leads.
        let target = Files.real(file) ?? file
        let name = target.lastComponent?.string ?? ""
        let temporary = target.removingLastComponent().appending(".\(name).\(getpid())")
        let descriptor = try FileDescriptor.open(
            temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
        do {
            try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            let isRenamed = temporary.withPlatformString { old in target.withPlatformString { rename(old, $0) == 0 } }
            if !isRenamed { throw Errno(rawValue: errno) }
        } catch {
            _ = temporary.withPlatformString { unlink($0) }
            throw error
        }
    }
}
