import Glibc
import Reports
import SystemPackage

/// Definitions that git tracks although a `.gitignore` file ignores them: git goes on tracking such a file, so the pattern
/// hides it only from who relies on it.
enum TrackedFiles {
    /// The files below a directory, as a search of the directory would find them.
    ///
    /// - Throws: `IOFailure` if git is not installed, or refuses the repository.
    static func ignored(below directory: FilePath) throws -> [FilePath] {
        let output = try GitProgram.run(
            ["ls-files", "-z", "--cached", "--ignored", "--exclude-per-directory=.gitignore", "--", "*.xml"], in: directory)
        guard !output.isEmpty, let top = Files.real(directory) else { return [] }
        return output.split(separator: 0).compactMap { path(Array($0), below: directory, top) }
    }

    /// The path of a file that git names; nil if it is hidden, lies behind a link, or is no file. The names come from the
    /// index, which in a hostile repository can hold any.
    private static func path(_ name: [UInt8], below directory: FilePath, _ top: FilePath) -> FilePath? {
        let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= DirectoryListing.mostLevels, parts.allSatisfy({ $0.first != nil && $0.first != UInt8(ascii: ".") }) else {
            return nil
        }
        let below = FilePath(bytes: name)
        let path = directory == "." ? below : directory.pushing(below)
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG,
            Files.real(path.removingLastComponent().isEmpty ? "." : path.removingLastComponent())
                == top.pushing(below.removingLastComponent())
        else { return nil }
        return path
    }
}
