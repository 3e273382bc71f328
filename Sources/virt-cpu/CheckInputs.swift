import Hosts
import SystemPackage

/// What `check` judges, and what it was before.
struct CheckInputs {
    /// Judged, in the order in which findings are printed.
    var present: [InputFile] = []
    /// Nil where nobody asked what was there before.
    var earlier: [InputFile]?
    /// Paths of present definitions that git knows to be as they were.
    var unchanged: Set<FilePath> = []
    /// Where the versions are git's.
    var repository: GitRepository?
    /// The earlier tree, where `earlier` has only what changed of it.
    var base: String?
    /// Paths that differ between the two sides.
    var changed: Set<[UInt8]> = []

    /// Files, directories and `-`; or, with versions of git's, paths in it.
    ///
    /// - Parameters:
    ///   - staged: judge the index instead of files.
    ///   - revision: judge a commit instead of files.
    ///   - against: a revision or a path to compare with; of the index without one, HEAD. `REV...` is what REV and the
    ///     present side have in common.
    ///   - failed: told of what cannot be read; the others can.
    init(
        paths: [FilePath], staged: Bool, revision: String?, against: String?, failed: (IOFailure) -> Void
    ) throws {
        let comparison = try against.map { try Comparison($0, with: revision ?? "HEAD") }
        guard staged || revision != nil else {
            present = InputFile.files(named: paths.isEmpty ? ["."] : paths, failed: failed)
            // Two sides are read twice.
            if comparison != nil, let index = present.firstIndex(where: \.isStream) {
                present[index].content = .bytes(try StandardInput.all())
            }
            switch comparison {
            case nil: break
            case .files(let path): earlier = InputFile.files(named: [path], failed: failed)
            case .tree(let tree, let repository): try compareFiles(with: tree, in: repository)
            }
            return
        }
        let repository = try GitRepository()
        self.repository = repository
        if staged, repository.top == nil {
            throw IOFailure(message: "--staged: there is no work tree here: name a revision with --rev")
        }
        let below = try paths.map { try repository.path(of: $0) }
        let tree = try revision.map { try repository.tree(of: $0) }
        func all() throws -> [GitRepository.Entry] {
            try tree.map { try repository.entries(of: $0) } ?? repository.stagedEntries()
        }
        let base: String?
        switch comparison {
        case nil where tree != nil, .files?:
            present = try all().filter { InputFile.isWanted($0.path, below: below) }.map {
                InputFile(path: $0.path, blob: $0.id, in: repository)
            }
            if case .files(let path) = comparison { earlier = InputFile.files(named: [path], failed: failed) }
            return
        case nil: base = try repository.headTree()
        case .tree(let tree, _): base = tree
        }
        let changes = try tree.map { try repository.changes(from: base, to: $0) } ?? repository.stagedChanges(from: base)
        try Self.expect(paths, below, among: changes, or: { try (all() + (base.map { try repository.entries(of: $0) } ?? [])).map(\.path) })
        present = changes.compactMap { change in
            guard let id = change.new, InputFile.isWanted(change.path, below: below) else { return nil }
            return InputFile(path: change.path, blob: id, in: repository)
        }
        self.base = base
        changed = Set(changes.map(\.path))
        earlier = Self.earlier(changes, in: repository)
    }

    /// - Throws: `IOFailure` for a path that neither side has: a slip must not look like a clean answer.
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
            throw IOFailure(message: "\(printable(path.string)): no version has such a file")
        }
    }

    /// Domains that libvirt has defined.
    init(connection: LibvirtConnection, against: String?, failed: (IOFailure) -> Void) throws {
        present = try connection.definedDomains().map { domain in
            let content: InputFile.Content = switch domain.xml {
            case .success(let bytes): .bytes(bytes)
            case .failure(let error): .failure(IOFailure(located: error.shown))
            }
            return InputFile(
                name: "\(connection.uri): \(domain.name)", content: content, directory: ".",
                path: FilePath(domain.name.replacing("/", with: "_")))
        }
        switch try against.map({ try Comparison($0, with: "HEAD") }) {
        case nil: break
        case .files(let path): earlier = InputFile.files(named: [path], failed: failed)
        case .tree(let tree, let repository):
            self.repository = repository
            earlier = try tree.map { try repository.entries(of: $0) }?.filter { InputFile.isWanted($0.path, below: []) }
                .map { InputFile(path: $0.path, blob: $0.id, in: repository) } ?? []
        }
    }

    /// Work tree files against a tree.
    private mutating func compareFiles(with tree: String?, in repository: GitRepository) throws {
        self.repository = repository
        guard let top = repository.top else {
            throw IOFailure(message: "there is no work tree here to compare with a revision: name one with --rev")
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

    /// What changed, whatever it is called: a domain may come from a file that was not named, or had another name.
    private static func earlier(_ changes: [GitRepository.Change], in repository: GitRepository) -> [InputFile] {
        changes.compactMap { change in
            guard let id = change.old else { return nil }
            var definition = InputFile(path: change.path, blob: id, in: repository)
            definition.isGuess = !InputFile.isWanted(change.path, below: [])
            return definition
        }
    }

    /// What `--against` names.
    private enum Comparison {
        /// Nil is the empty tree.
        case tree(String?, GitRepository)
        case files(FilePath)

        /// - Parameter present: the revision of the other side, for `REV...`.
        init(_ text: String, with present: String) throws {
            if text.hasSuffix("...") {
                let repository = try GitRepository(), revision = String(text.dropLast(3))
                _ = try repository.tree(of: revision)
                let common = try repository.mergeBase(revision, present)
                self = .tree(try common.map { try repository.tree(of: $0) }, repository)
                return
            }
            let path = FilePath(text), exists = Files.exists(path)
            let repository: GitRepository
            do {
                repository = try GitRepository()
            } catch where exists {
                self = .files(path)
                return
            }
            // Hooks have a zero for what was not there.
            if [40, 64].contains(text.utf8.count), text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) {
                self = .tree(nil, repository)
                return
            }
            guard let tree = try repository.treeIfAny(of: text) else {
                guard exists else { throw IOFailure(message: "--against \(printable(text)): no revision and no path") }
                self = .files(path)
                return
            }
            // A bare repository's own files are nobody's definitions.
            if exists, repository.top != nil {
                throw IOFailure(message: "--against \(printable(text)): a revision and a path; ./\(printable(text)) means the path")
            }
            self = .tree(tree, repository)
        }
    }
}
