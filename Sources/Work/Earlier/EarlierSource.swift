import Reports
import SystemPackage

/// What `--against` names: the earlier side of a comparison.
enum EarlierSource {
    /// A tree of git's; nil for the empty one.
    case tree(String?, GitRepository)
    case files(FilePath)

    /// - Parameters:
    ///   - text: a revision, `REV...` for the merge base with the present side, or a path.
    ///   - present: the revision of the present side.
    /// - Throws: `IOFailure` for what is neither, and for what could be both.
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
        // git gives hooks an id of zeros for a commit that does not exist.
        if [40, 64].contains(text.utf8.count), text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) {
            self = .tree(nil, repository)
            return
        }
        guard let tree = try repository.treeIfAny(of: text) else {
            guard exists else { throw IOFailure(message: "--against \(printable(text)): no revision and no path") }
            self = .files(path)
            return
        }
        // The files of a bare repository itself are not definitions.
        if exists, repository.top != nil {
            throw IOFailure(message: "--against \(printable(text)): a revision and a path; ./\(printable(text)) means the path")
        }
        self = .tree(tree, repository)
    }
}
