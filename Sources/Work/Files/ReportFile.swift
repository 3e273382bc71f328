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

    /// The file is a device or a pipe, or a name of an open file such as `/dev/stdout`: it is written, and not replaced.
    private var isSpecial: Bool {
        if let real = Files.real(file.removingLastComponent()), real.starts(with: "/dev") || real.starts(with: "/proc") { return true }
        var status = stat()
        return file.withPlatformString { stat($0, &status) } == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    mutating func write(_ text: String) { bytes += text.utf8 }

    /// Writes the file.
    /// - Throws: `IOFailure`; an existing file is then the old one.
    func finish() throws {
        do {
            if isSpecial {
                let descriptor = try FileDescriptor.open(file, .writeOnly, options: [.append, .closeOnExec])
                return try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            }
            try OrderlyEnd.install()
            try OrderlyEnd.uninterrupted { try replace() }
        } catch let error as Errno {
            throw IOFailure("\(printable(file.string)): cannot write", error.rawValue)
        }
    }

    private func replace() throws {
        // The report belongs where a link leads.
        let place = try FilePlace(file)
        let status = try? place.status()
        let temporary = try TemporaryFile(
            for: place, permissions: status == nil ? FilePermissions(rawValue: 0o666) : .ownerReadWrite)
        if let status { fchmod(temporary.descriptor.rawValue, status.st_mode & 0o7777) }
        _ = try temporary.descriptor.writeAll(bytes)
        try temporary.flush()
        try temporary.takeName()
    }
}
