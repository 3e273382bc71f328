import SystemPackage

/// What a diff calls files: their real paths from the top of the work tree, where `git apply` takes names from, whatever
/// the current directory. For all threads of a run: git is asked once.
final class DiffNames: Sendable {
    /// The current directory's work tree; nil where there is none, or no git.
    private let top: FilePath?
    private let current: FilePath?

    init() {
        top = (try? GitRepository())?.top
        current = Files.real(".")
    }

    /// Outside a work tree, a relative path is the name.
    ///
    /// - Throws: `IOFailure` for a file that lies outside the work tree; without one, for an absolute path that lies
    ///   outside the current directory.
    func name(of definition: InputFile) throws -> [UInt8] {
        // git's own are from the top already.
        guard case .file(let file) = definition.content else { return definition.path.bytes }
        guard let real = Files.real(file) else { throw IOFailure(printable(file.string)) }
        if let base = top ?? current {
            var name = real
            if name.removePrefix(base) { return name.bytes }
        }
        if top == nil, !file.isAbsolute { return file.bytes }
        let place = top == nil ? "the current directory" : "the repository"
        throw IOFailure(message: "\(printable(file.string)): lies outside \(place): a diff cannot name it")
    }
}
