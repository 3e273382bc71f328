import Glibc
import Reports
import SystemPackage

/// Definitions that git tracks although a `.gitignore` file ignores them: git goes on tracking such a file, so the pattern
/// hides it only from who relies on it.
enum TrackedFiles {
    /// The files below a directory, as a search of the directory would find them.
    ///
    /// - Parameter patterns: what the policy of a directory includes besides `*.xml`, by the name; nil if it includes nothing.
    /// - Throws: `IOFailure` if git is not installed, or refuses the repository.
    static func ignored(
        below directory: FilePath, including patterns: (FilePath) -> (([UInt8]) -> Bool)? = { _ in nil }
    ) throws -> [FilePath] {
        let output = try GitProgram.run(
            ["ls-files", "-z", "--cached", "--ignored", "--exclude-per-directory=.gitignore", "--", "."], in: directory)
        guard !output.isEmpty, let top = Files.real(directory) else { return [] }
        return output.split(separator: 0).compactMap { path(Array($0), below: directory, top, patterns) }
    }

    /// The path of a file that git names; nil if it is hidden, lies behind a link, or is no file. The names come from the
    /// index, which in a hostile repository can hold any.
    private static func path(
        _ name: [UInt8], below directory: FilePath, _ top: FilePath, _ patterns: (FilePath) -> (([UInt8]) -> Bool)?
    ) -> FilePath? {
        let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= DirectoryListing.mostLevels,
            parts.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) && !$0.elementsEqual(".git".utf8) })
        else { return nil }
        let below = FilePath(bytes: name)
        let path = directory == "." ? below : directory.pushing(below)
        let place = path.removingLastComponent()
        let isPlain = parts.last!.suffix(4).elementsEqual(".xml".utf8) && parts.allSatisfy { $0.first != UInt8(ascii: ".") }
        guard isPlain || patterns(place.isEmpty ? "." : place)?(Array(parts.last!)) ?? false else { return nil }
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG,
            Files.real(place.isEmpty ? "." : place)
                == top.pushing(below.removingLastComponent())
        else { return nil }
        return path
    }
}
