import Hosts
import Lint
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes the pages, and the parts of pages, that are generated from the rules: `generate-docs [--check] DIRECTORY`,
/// where DIRECTORY is the repository's top directory.
///
/// With `--check` nothing is written, and the exit status is 1 when a page differs from what would be written.
@main
struct GenerateDocs {
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let isCheck = arguments.first == "--check"
        if isCheck { arguments.removeFirst() }
        guard arguments.count == 1 else { fail("usage: generate-docs [--check] DIRECTORY") }
        do {
            let differing = try GeneratedPage.all(of: Rule.all).filter { page in
                try update(page, in: FilePath(arguments[0]), isCheck: isCheck)
            }
            if isCheck, !differing.isEmpty { exit(1) }
        } catch {
            fail("\(error)")
        }
    }

    /// - Returns: whether the file differs from the page.
    private static func update(_ page: GeneratedPage, in directory: FilePath, isCheck: Bool) throws -> Bool {
        let file = directory.appending(page.path)
        let present = try contents(of: file)
        let text = try page.text(replacing: present)
        guard text != present else { return false }
        if isCheck {
            print("\(page.path) is out of date: run make docs")
        } else {
            let descriptor = try FileDescriptor.open(
                file, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
            print("wrote \(page.path)")
        }
        return true
    }

    /// The text of a file; empty when the file does not exist.
    private static func contents(of file: FilePath) throws -> String {
        do {
            return String(decoding: try RegularFile.read(file.string, limit: 16 << 20), as: UTF8.self)
        } catch FileReadingError.system(errno: ENOENT) {
            return ""
        }
    }

    private static func fail(_ message: String) -> Never {
        let line = Array("generate-docs: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(2)
    }
}
