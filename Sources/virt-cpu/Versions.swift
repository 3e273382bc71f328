import Hosts
import SystemPackage

/// What `check` judges, and what it was before.
struct Versions {
    /// Judged, in the order in which findings are printed.
    var present: [Definition] = []
    /// Nil where nobody asked what was there before.
    var earlier: [Definition]?
    /// Paths of present definitions that git knows to be as they were.
    var unchanged: Set<FilePath> = []
    /// Where the versions are git's.
    var repository: GitRepository?
    /// Where `present` is only what changed, all that it is a part of.
    var whole: GitRepository.Version?

    /// Files, directories and `-`; or, with versions of git's, paths in it.
    ///
    /// - Parameters:
    ///   - staged: judge the index instead of files.
    ///   - revision: judge a commit instead of files.
    ///   - against: a revision or a path to compare with; of the index without one, HEAD.
    ///   - failed: told of what cannot be read; the others can.
    init(
        paths: [FilePath], staged: Bool, revision: String?, against: String?, failed: (IOFailure) -> Void
    ) throws {
        let comparison = try against.map { try Comparison($0) }
        guard staged || revision != nil else {
            present = Definition.files(named: paths.isEmpty ? ["."] : paths, failed: failed)
            switch comparison {
            case nil: break
            case .files(let path): earlier = Definition.files(named: [path], failed: failed)
            case .tree(let tree, let repository): try compareFiles(with: tree, in: repository)
            }
            return
        }
        let repository = try GitRepository()
        self.repository = repository
        let below = try paths.map { try repository.path(of: $0) }
        let tree = try revision.map { try repository.tree(of: $0) }
        func all() throws -> [GitRepository.Entry] {
            try tree.map { try repository.entries(of: $0) } ?? repository.stagedEntries()
        }
        let base: String?
        switch comparison {
        case nil where tree != nil, .files?:
            present = try all().filter { Definition.isWanted($0.path, below: below) }.map {
                Definition(path: $0.path, blob: $0.id, in: repository)
            }
            if case .files(let path) = comparison { earlier = Definition.files(named: [path], failed: failed) }
            return
        case nil: base = try repository.headTree()
        case .tree(let tree, _): base = tree
        }
        let changes = try tree.map { try repository.changes(from: base, to: $0) } ?? repository.stagedChanges(from: base)
        present = changes.compactMap { change in
            guard let id = change.new, Definition.isWanted(change.path, below: below) else { return nil }
            return Definition(path: change.path, blob: id, in: repository)
        }
        whole = tree.map { .tree($0) } ?? .index
        // A domain may come from a file that was not named.
        earlier = Self.earlier(changes, in: repository)
    }

    /// Domains that libvirt has defined.
    init(connection: LibvirtConnection, against: String?, failed: (IOFailure) -> Void) throws {
        present = try connection.definedDomains().map { domain in
            let content: Definition.Content = switch domain.xml {
            case .success(let bytes): .bytes(bytes)
            case .failure(let error): .failure(IOFailure(located: error.shown))
            }
            return Definition(
                name: "\(connection.uri): \(domain.name)", content: content, directory: ".",
                path: FilePath(domain.name.replacing("/", with: "_")))
        }
        switch try against.map({ try Comparison($0) }) {
        case nil: break
        case .files(let path): earlier = Definition.files(named: [path], failed: failed)
        case .tree(let tree, let repository):
            self.repository = repository
            earlier = try tree.map { try repository.entries(of: $0) }?.filter { Definition.isWanted($0.path, below: []) }
                .map { Definition(path: $0.path, blob: $0.id, in: repository) } ?? []
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
            guard let file = present[index].file, var real = Files.real(file), real.removePrefix(top) else { continue }
            present[index].path = real
            if known.contains(real.bytes) { unchanged.insert(real) }
        }
        earlier = Self.earlier(changes, in: repository)
    }

    private static func earlier(_ changes: [GitRepository.Change], in repository: GitRepository) -> [Definition] {
        changes.compactMap { change in
            guard let id = change.old, Definition.isWanted(change.path, below: []) else { return nil }
            return Definition(path: change.path, blob: id, in: repository)
        }
    }

    /// What `--against` names.
    private enum Comparison {
        /// Nil is the empty tree.
        case tree(String?, GitRepository)
        case files(FilePath)

        init(_ text: String) throws {
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
            if exists {
                throw IOFailure(message: "--against \(printable(text)): a revision and a path; ./\(printable(text)) means the path")
            }
            self = .tree(tree, repository)
        }
    }
}
