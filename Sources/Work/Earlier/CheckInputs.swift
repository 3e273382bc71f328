import Reports
import SystemPackage

/// The inputs of a check: those to judge, and for a comparison their earlier versions.
package struct CheckInputs {
    /// The inputs to judge, in the order in which findings are printed.
    package internal(set) var present: [InputFile] = []
    /// The earlier versions; nil without a comparison.
    var earlier: [InputFile]?
    /// Paths of present files that did not change, according to git.
    var unchanged: Set<FilePath> = []
    /// The repository, where versions come from git.
    var repository: GitRepository?
    /// The id of the earlier tree, if `earlier` contains only the files of it that changed.
    var base: String?
    /// Paths of files that differ between the two sides.
    var changed: Set<[UInt8]> = []
    /// Directories that were named, and in which `.gitignore` files ignore all definitions.
    private(set) var ignored: [FilePath] = []
    /// What git does not tell about files that `.gitignore` files ignore.
    private(set) var untold: [String] = []

    /// Takes what is read from stdin for the content of a file.
    mutating func takeStandardInput(for file: FilePath) throws {
        for index in present.indices where present[index].isStream {
            let bytes = try present[index].bytes()
            present[index] = InputFile.file(file)
            present[index].content = .bytes(bytes)
        }
    }

    /// - Parameters:
    ///   - paths: files, directories and `-`; with `staged` or `revision`, paths in the repository. Empty for
    ///     everything.
    ///   - staged: judge the index instead of files.
    ///   - revision: judge a commit instead of files.
    ///   - against: the earlier side: a revision, `REV...` for the merge base of REV and the present side, or a path.
    ///     Without one, the index is compared with HEAD.
    ///   - usesGitignore: skip what `.gitignore` files ignore, unless it is named.
    ///   - channels: whose input `-` is.
    ///   - failed: called for each place that cannot be read; the others are judged.
    /// - Throws: `IOFailure` for a wrong revision or path, and where git fails.
    package init(
        paths: [FilePath], staged: Bool, revision: String?, against: String?, usesGitignore: Bool = true,
        _ channels: Channels = .standard, failed: (IOFailure) -> Void
    ) throws {
        let comparison = try against.map { try EarlierSource($0, with: revision ?? "HEAD") }
        guard staged || revision != nil else {
            present = InputFile.files(
                named: paths.isEmpty ? ["."] : paths, channels, usesGitignore: usesGitignore,
                ignored: { ignored.append($0) }, untold: { untold.append($0) }, failed: failed)
            // A comparison reads the present side twice, but stdin can be read only once.
            if comparison != nil, let index = present.firstIndex(where: \.isStream) {
                present[index].content = .bytes(try present[index].bytes())
            }
            switch comparison {
            case nil: break
            case .files(let path): 
                earlier = InputFile.files(named: [path], channels, usesGitignore: usesGitignore, failed: failed)
            case .tree(let tree, let repository): try compareFiles(with: tree, in: repository)
            }
            return
        }
        let repository = try GitRepository()
        self.repository = repository
        if staged, repository.top == nil {
            throw IOFailure(message: "--staged needs a work tree, and there is none here: name a revision with --rev")
        }
        let below = try paths.map { try repository.path(of: $0) }
        let tree = try revision.map { try repository.tree(of: $0) }
        func all() throws -> [GitRepository.Entry] {
            try tree.map { try repository.entries(of: $0) } ?? repository.stagedEntries()
        }
        func links(of tree: String?) throws -> GitLinks {
            try GitLinks(of: tree, in: repository) { InputFile.isWanted($0, below: below) }
        }
        let base: String?
        switch comparison {
        case nil where tree != nil, .files?:
            let links = try links(of: tree)
            present = Self.present(
                try GitLinks.changes(all().map { .init(path: $0.path, old: nil, new: $0.id) }, from: .none, to: links), links, below,
                in: repository)
            if case .files(let path) = comparison { earlier = InputFile.files(named: [path], failed: failed) }
            return
        case nil: base = try repository.headTree()
        case .tree(let tree, _): base = tree
        }
        let files =
            try tree.map { try repository.changes(from: base, to: $0) } ?? repository.stagedChanges(from: base)
        let newLinks = try links(of: tree)
        let compared = GitLinks.changes(files, from: try base.map { try links(of: $0) } ?? .none, to: newLinks)
        let changes = compared.changes
        try Self.expect(
            paths, below, among: changes,
            or: { try (all() + (base.map { try repository.entries(of: $0) } ?? [])).map(\.path) + compared.leadingOut })
        present = Self.present(compared, newLinks, below, in: repository)
        self.base = base
        changed = Set(changes.map(\.path))
        earlier = Self.earlier(changes, in: repository)
    }

    /// The inputs of git's: new sides of changes, and links that lead out, which cannot be read.
    private static func present(
        _ compared: (changes: [GitRepository.Change], leadingOut: [[UInt8]]), _ links: GitLinks, _ below: [[UInt8]], in repository: GitRepository
    ) -> [InputFile] {
        let files = compared.changes.compactMap { change -> InputFile? in
            guard let id = change.new, InputFile.isWanted(change.path, below: below) else { return nil }
            var input = InputFile(path: change.path, blob: id, in: repository, named: below)
            input.isLink = links.targets[change.path] != nil
            return input
        }
        let leadingOut = compared.leadingOut.map { path in
            var input = InputFile(path: path, blob: "", in: repository, named: below)
            input.content = .failure(
                IOFailure(
                    message: "\(printable(input.name)): not checked: the symbolic link leads out of the repository's files: "
                        + "put the definition in its place, or exclude it in the policy"))
            return input
        }
        return files + leadingOut
    }

    /// Adds files of the work tree to what is staged: those of which nothing is staged, as they are. What the policy excludes and
    /// what a search would not find is left out here too, because a program has listed the files, not a person.
    mutating func add(_ files: [FilePath]) throws {
        guard let repository, let base else { return }
        let listed = try files.map { (file: $0, path: try repository.path(of: $0)) }
        let others = listed.filter { !changed.contains($0.path) && InputFile.isWanted($0.path, below: []) }
        if others.isEmpty { return }
        for (file, path) in others {
            var input = InputFile.file(file)
            input.path = FilePath(bytes: path)
            input.isNamed = false
            input.foundBelow = "."
            present.append(input)
        }
        present.sort { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
        let changes = try repository.workTreeChanges(from: base).filter { !changed.contains($0.path) }
        changed.formUnion(changes.map(\.path))
        unchanged.formUnion(others.map(\.path).filter { !changed.contains($0) }.map { FilePath(bytes: $0) })
        earlier = (earlier ?? []) + Self.earlier(changes, in: repository)
    }

    /// - Throws: `IOFailure` for a path that neither side contains: a misspelt path must not look like a clean result.
    private static func expect(
        _ paths: [FilePath], _ below: [[UInt8]], among changes: [GitRepository.Change], or all: () throws -> [[UInt8]]
    ) throws {
        func isThere(_ top: [UInt8], _ paths: [[UInt8]]) -> Bool {
            top.isEmpty || paths.contains { $0 == top || $0.starts(with: top + [UInt8(ascii: "/")]) }
        }
        let missing = zip(paths, below).filter { !isThere($0.1, changes.map(\.path)) }
        guard !missing.isEmpty else { return }
        let known = try all()
        if let (path, _) = missing.first(where: { !isThere($0.1, known) }) {
            throw IOFailure(message: "\(printable(path.string)): no such file in either version")
        }
    }

    /// Compares files of the work tree with a tree.
    private mutating func compareFiles(with tree: String?, in repository: GitRepository) throws {
        self.repository = repository
        guard let top = repository.top else {
            throw IOFailure(
                message: "there is no work tree here to compare with a revision: name the newer revision with --rev")
        }
        let changes: [GitRepository.Change]
        var known: Set<[UInt8]> = []
        if let tree {
            changes = try repository.workTreeChanges(from: tree)
            known = Set(try repository.entries(of: tree).map(\.path)).subtracting(changes.map(\.path))
        } else {
            changes = []
        }
        for index in present.indices {
            guard let file = present[index].file, var real = Files.real(file) else { continue }
            let isInside = real.removePrefix(top)
            present[index].path = real
            if isInside, known.contains(real.bytes) { unchanged.insert(real) }
        }
        base = tree
        changed = Set(changes.map(\.path))
        earlier = Self.earlier(changes, in: repository)
    }

    /// Earlier versions of all changed files, whatever their names: a domain may come from a file that was renamed, or
    /// that was not named on the command line.
    private static func earlier(_ changes: [GitRepository.Change], in repository: GitRepository) -> [InputFile] {
        changes.compactMap { change in
            guard let id = change.old else { return nil }
            var definition = InputFile(path: change.path, blob: id, in: repository)
            definition.isGuess = !InputFile.isWanted(change.path, below: [])
            return definition
        }
    }
}
