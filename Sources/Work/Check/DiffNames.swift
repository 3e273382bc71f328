import Reports
import SystemPackage

/// The names of files in a diff: their real paths from the top of the work tree, because `git apply` reads names from
/// there, whatever the current directory is.
final class DiffNames: Sendable {
    /// The top of the current directory's work tree; nil outside one, and without git.
    private let top: FilePath?
    private let current: FilePath?

    init() {
        top = (try? GitRepository())?.top
        current = Files.real(".")
    }

    /// The name of an input. Outside a work tree, a relative path is used as it is.
    ///
    /// - Throws: `IOFailure` for a file outside the work tree; without a work tree, for an absolute path outside the
    ///   current directory.
    func name(of input: InputFile) throws -> [UInt8] {
        // Paths from git start at the top already.
        guard case .file(let file) = input.content else { return input.path.bytes }
        guard let real = Files.real(file) else { throw IOFailure(printable(file.string)) }
        if let base = top ?? current {
            var name = real
            if name.removePrefix(base) { return name.bytes }
        }
        if top == nil, !file.isAbsolute { return file.bytes }
        let place = top == nil ? "the current directory" : "the repository"
        throw IOFailure(message: "\(printable(file.string)): lies outside \(place), so a diff cannot name it")
    }
}
