import Glibc
import Reports
import SystemPackage

/// Creates files that do not exist yet.
enum FileCreation {
    /// Creates a file with its content. If that fails, no file is left. No signal but SIGKILL interrupts it.
    /// - Throws: `IOFailure`; also for a file that exists.
    static func create(_ file: FilePath, _ content: [UInt8], permissions: FilePermissions) throws {
        try OrderlyEnd.install()
        try OrderlyEnd.uninterrupted { try createNow(file, content, permissions) }
    }

    private static func createNow(_ file: FilePath, _ content: [UInt8], _ permissions: FilePermissions) throws {
        do {
            let descriptor = try FileDescriptor.open(
                file, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
            do {
                try descriptor.closeAfter { _ = try descriptor.writeAll(content) }
            } catch {
                _ = file.withPlatformString { unlink($0) }
                throw error
            }
        } catch let error as Errno {
            throw IOFailure(printable(file.string), error.rawValue)
        }
    }
}
