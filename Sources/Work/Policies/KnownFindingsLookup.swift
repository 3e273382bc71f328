import Reports
import SystemPackage

/// Finds the file of known findings for an input, and keeps it for the next input of the same place.
struct KnownFindingsLookup {
    private let use: KnownFindingsUse
    private let tree: PolicyTree?
    private var byDirectory: [FilePath?: FilePath?] = [:]
    private var byFile: [FilePath: KnownFindings] = [:]

    /// - Parameter tree: look in it and not on this machine.
    init(_ use: KnownFindingsUse, tree: PolicyTree?) {
        self.use = use
        self.tree = tree
    }

    /// The files that were used.
    var all: [KnownFindings] { byFile.values.sorted { $0.name < $1.name } }

    /// - Throws: `IOFailure` for a file that cannot be read.
    mutating func known(for input: InputFile) throws -> KnownFindings? {
        guard let file = try file(for: input) else { return nil }
        if let known = byFile[file] { return known }
        let known = try read(file)
        byFile[file] = known
        return known
    }

    private mutating func file(for input: InputFile) throws -> FilePath? {
        switch use {
        case .none, .recorded: return nil
        case .named(let name): return FilePath(name)
        case .found: break
        }
        if let tree { return tree.file(KnownFindings.fileName, above: PolicyTree.path(of: input, below: tree.top)) }
        if let found = byDirectory[input.directory] { return found }
        let found = input.directory.flatMap { PolicySearch(KnownFindings.fileName, from: $0).file }
        byDirectory[input.directory] = .some(found)
        return found
    }

    private func read(_ file: FilePath) throws -> KnownFindings {
        let directory = file.removingLastComponent()
        if let tree, use == .found {
            let content = try tree.read(file, limit: KnownFindings.sizeLimit)
            return try KnownFindings(content, name: tree.name(of: file), directory: directory)
        }
        if use == .found, Files.isSymbolicLink(file) {
            throw IOFailure(message: "\(printable(file.string)): a baseline must be a file, not a symbolic link: name it with --baseline")
        }
        let content = try Files.read(file, limit: KnownFindings.sizeLimit)
        return try KnownFindings(content, name: FoundPolicy.shown(file), directory: Files.real(directory.isEmpty ? "." : directory) ?? directory)
    }
}
