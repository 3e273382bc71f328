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
    /// The earlier commit, whose history is searched for guests that were deleted; nil if the earlier side is no commit.
    var commit: String?
    /// Another commit that may have guests which seem to be new; nil for none.
    var head: String?
    /// Paths of files that differ between the two sides.
    var changed: Set<[UInt8]> = []
    /// Changed files that are not checked, because of their names or because the policy excludes them.
    var unchecked: [InputFile] = []
    /// Paths of files that a pushed policy adds to the check.
    var newlyChecked: Set<FilePath> = []
    /// What policies include besides `*.xml`; nil for nothing.
    private var included: IncludedFiles?
    /// Directories that were named, and in which `.gitignore` files ignore all definitions.
    private(set) var ignored: [FilePath] = []
    /// What git does not tell about files that `.gitignore` files ignore.
    private(set) var untold: [String] = []

    init(including included: IncludedFiles) { self.included = included }

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
    ///   - included: what policies include besides `*.xml`; nil for nothing.
    ///   - channels: whose input `-` is.
    ///   - failed: called for each place that cannot be read; the others are judged.
    /// - Throws: `IOFailure` for a wrong revision or path, and where git fails.
    init(
        paths: [FilePath], staged: Bool, revision: String?, against: String?, usesGitignore: Bool = true,
        including included: IncludedFiles? = nil, _ channels: Channels = .standard, failed: (IOFailure) -> Void
    ) throws {
        self.included = included
        func names(_ directory: FilePath) -> (([UInt8]) -> Bool)? { included?.names(in: directory) }
        let comparison = try against.map { try EarlierSource($0, with: revision ?? "HEAD") }
        guard staged || revision != nil else {
            present = InputFile.files(
                named: paths.isEmpty ? ["."] : paths, channels, usesGitignore: usesGitignore, including: names,
                ignored: { ignored.append($0) }, untold: { untold.append($0) }, failed: failed)
            // A comparison reads the present side twice, but stdin can be read only once.
            if comparison != nil, let index = present.firstIndex(where: \.isStream) {
                present[index].content = .bytes(try present[index].bytes())
            }
            switch comparison {
            case nil: break
            case .files(let path):
                earlier = InputFile.files(named: [path], channels, usesGitignore: usesGitignore, including: names, failed: failed)
            case .tree(let tree, let commit, let repository):
                self.commit = commit
                try compareFiles(with: tree, in: repository)
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
            try GitLinks(of: tree, in: repository) { isWanted($0, below: below) }
        }
        let base: String?
        switch comparison {
        case nil where tree != nil, .files?:
            let links = try links(of: tree)
            present = present(
                of: try GitLinks.changes(all().map { .init(path: $0.path, old: nil, new: $0.id) }, from: .none, to: links), links, below,
                in: repository)
            if case .files(let path) = comparison { earlier = InputFile.files(named: [path], including: names, failed: failed) }
            return
        case nil:
            base = try repository.headTree()
            commit = base == nil ? nil : try repository.commitIfAny(of: "HEAD")
        case .tree(let tree, let commit, _):
            base = tree
            self.commit = commit
        }
        let files =
            try tree.map { try repository.changes(from: base, to: $0) } ?? repository.stagedChanges(from: base)
        let newLinks = try links(of: tree)
        let compared = GitLinks.changes(files, from: try base.map { try links(of: $0) } ?? .none, to: newLinks)
        let changes = compared.changes
        try Self.expect(
            paths, below, among: changes,
            or: { try (all() + (base.map { try repository.entries(of: $0) } ?? [])).map(\.path) + compared.refused.map(\.path) })
        present = present(of: compared, newLinks, below, in: repository)
        self.base = base
        changed = Set(changes.map(\.path))
        earlier = earlier(of: changes, in: repository)
        unchecked = changes.compactMap { change in
            guard let id = change.new, !isWanted(change.path, below: []), !below.contains(change.path) else { return nil }
            return InputFile(path: change.path, blob: id, in: repository)
        }
    }

    /// Whether a path of a version is a definition's, if nobody names it.
    ///
    /// - Parameter paths: those that were named, as for `InputFile.isWanted`.
    func isWanted(_ path: [UInt8], below paths: [[UInt8]] = []) -> Bool {
        InputFile.isWanted(path, below: paths) { path in
            guard let included, let repository else { return false }
            return included.includes(path, in: repository)
        }
    }

    /// The inputs of git's: new sides of changes, and links that are refused, which cannot be read.
    private func present(
        of compared: (changes: [GitRepository.Change], refused: [(path: [UInt8], why: GitLinks.Refusal)]), _ links: GitLinks, _ below: [[UInt8]], in repository: GitRepository
    ) -> [InputFile] {
        let files = compared.changes.compactMap { change -> InputFile? in
            guard let id = change.new, isWanted(change.path, below: below) else { return nil }
            var input = InputFile(path: change.path, blob: id, in: repository, named: below)
            input.isLink = links.targets[change.path] != nil
            return input
        }
        return files + compared.refused.map { InputFile(refusedLink: $0.path, $0.why, in: repository, named: below) }
    }

    /// Adds files of the work tree to what is staged: those of which nothing is staged, as they are. What the policy excludes and
    /// what a search would not find is left out here too, because a program has listed the files, not a person.
    mutating func add(_ files: [FilePath]) throws {
        guard let repository, let base else { return }
        let listed = try files.map { (file: $0, path: try repository.path(of: $0)) }
        let others = listed.filter { !changed.contains($0.path) && isWanted($0.path) }
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
        earlier = (earlier ?? []) + earlier(of: changes, in: repository)
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
        earlier = earlier(of: changes, in: repository)
        unchecked = changes.compactMap { change in
            guard change.new != nil, !isWanted(change.path) else { return nil }
            var file = InputFile(path: change.path, blob: "", in: repository)
            file.content = .file(top.pushing(file.path))
            // What somebody named is checked whatever its name is, and a FIFO must not stop the check.
            file.foundBelow = top
            return present.contains { $0.path == file.path || $0.path == top.pushing(file.path) } ? nil : file
        }
    }

    /// Earlier versions of all changed files, whatever their names: a domain may come from a file that was renamed, or
    /// that was not named on the command line.
    private func earlier(of changes: [GitRepository.Change], in repository: GitRepository) -> [InputFile] {
        changes.compactMap { change in
            guard let id = change.old else { return nil }
            var definition = InputFile(path: change.path, blob: id, in: repository)
            definition.isGuess = !isWanted(change.path)
            return definition
        }
    }
}
