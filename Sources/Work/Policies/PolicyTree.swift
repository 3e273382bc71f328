import Lint
import Reports
import SystemPackage

/// The files of a revision. Symbolic links in it are not followed: a policy or host that needs one is an error. To compare
/// policies, those that are links can be followed.
struct PolicyTree: PolicyFiles {
    private let revision: String
    private var blobs: [FilePath: String]
    private let links: [FilePath]
    private let objects: GitObjects
    private let repository: GitRepository

    init(of revision: String, in repository: GitRepository, _ objects: GitObjects) throws {
        try self.init(tree: repository.tree(of: revision), named: revision, in: repository, objects)
    }

    /// - Parameters:
    ///   - tree: the id of a tree; nil for the index.
    ///   - revision: its name in messages.
    ///   - followsLinks: a policy that is a symbolic link counts as the file that it leads to in this version.
    /// - Throws: `IOFailure` for a policy that is a symbolic link, unless links are followed.
    init(
        tree: String?, named revision: String, in repository: GitRepository, _ objects: GitObjects, followsLinks: Bool = false
    ) throws {
        self.revision = revision
        self.objects = objects
        self.repository = repository
        let listing = try repository.listing(of: tree)
        blobs = Dictionary(listing.files.map { (FilePath(bytes: $0.path), $0.id) }) { first, _ in first }
        links = listing.links.map(FilePath.init(bytes:))
        // The work tree follows such a link. If it were ignored here, another policy would apply.
        guard let link = links.first(where: Self.isPolicy) else { return }
        guard followsLinks else {
            throw IOFailure(message: "\(printable("\(revision):\(link.string)")): a policy must be a file, not a symbolic link")
        }
        for file in try GitLinks(of: tree, in: repository, where: { Self.isPolicy(FilePath(bytes: $0)) }).files {
            blobs[FilePath(bytes: file.path)] = file.id
        }
    }

    /// The work tree; nil if there is none.
    var top: FilePath? { repository.top }

    /// The policy for an input: in its directory, or in the nearest one above that has one; if there is none, the one of
    /// the current directory.
    func policy(for input: InputFile) -> FilePath? {
        file(above: Self.path(of: input, below: top)) ?? file(above: FilePath(bytes: repository.prefix).appending(PolicyFile.name))
    }

    /// The path of an input from the top of the tree.
    ///
    /// - Parameter top: the work tree; nil if there is none.
    static func path(of input: InputFile, below top: FilePath?) -> FilePath {
        guard case .file(let file) = input.content, let top, var path = Files.real(file),
            path.removePrefix(top)
        else { return input.path }
        return path
    }

    /// The nearest file with a name in the directory of a definition, or above it.
    func file(_ name: String = PolicyFile.name, above definition: FilePath) -> FilePath? {
        var directory = definition
        while directory.removeLastComponent() {
            let file = directory.appending(name)
            if blobs[file] != nil { return file }
        }
        return nil
    }

    func read(_ path: FilePath, limit: Int) throws -> [UInt8] {
        guard let id = blobs[path] else { throw IOFailure(message: "\(printable(name(of: path))): no such file") }
        do {
            return try objects.content(of: id, limit: limit)
        } catch {
            throw IOFailure(message: "\(printable(name(of: path))): \(shown(error))")
        }
    }

    /// The id of a file's content; nil if there is no such file.
    func id(of file: FilePath) -> String? { blobs[file] }

    private static func isPolicy(_ file: FilePath) -> Bool { file.lastComponent == PolicyFile.component }

    /// All policies in the revision.
    var policies: [FilePath] {
        blobs.keys.filter(Self.isPolicy)
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    func file(extendedBy word: String, in directory: FilePath) -> ExtendedFile {
        let help = "name the policy with --config"
        if let refusal = LocalPolicyFiles.refusal(of: word) { return .refused(message: refusal, help: help) }
        let path = directory.pushing(FilePath(word)).lexicallyNormalized()
        guard path.components.first != ".." else {
            return .refused(message: "\(printable(word)) leads out of the repository", help: help)
        }
        if let link = links.first(where: { path.starts(with: $0) }) {
            return .refused(
                message: "\(printable(word)) leads to the symbolic link \(printable(name(of: link))), which is not followed in a revision",
                help: nil)
        }
        return blobs[path] == nil ? .missing : .file(path)
    }

    func isSame(_ file: FilePath, _ other: FilePath) -> Bool { file == other }

    func name(of path: FilePath) -> String { "\(revision):\(path.string)" }

    func files(matching pattern: String, in directory: FilePath) -> MatchingFiles {
        let relative = FilePath(pattern)
        if relative.isAbsolute || relative.components.contains("..") { return .outside }
        let pattern = FilePattern(pattern)
        // To ignore a link would mean fewer hosts here than in the work tree.
        if let link = links.first(where: { path in
            var path = path
            return (directory.isEmpty || path.removePrefix(directory)) && pattern.mayUse(link: path)
        }) {
            return .link(name(of: link))
        }
        let matching = blobs.keys.filter { path in
            var path = path
            return (directory.isEmpty || path.removePrefix(directory)) && pattern.matches(path)
        }
        return .files(matching.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
    }
}
