import Reports
import SystemPackage

/// What `--against` names: the earlier side of a comparison.
enum EarlierSource {
    /// A tree of git's, nil for the empty one, and its commit, nil if the tree is not named by one.
    case tree(String?, commit: String?, GitRepository)
    case files(FilePath)

    /// - Parameters:
    ///   - text: a revision, `REV...` for the merge base with the present side, or a path.
    ///   - present: the revision of the present side.
    /// - Throws: `IOFailure` for a text that is neither a revision nor a path, and for one that could be both.
    init(_ text: String, with present: String) throws {
        if text == "-" {
            throw IOFailure(message: "--against -: the earlier side is read more than once, so it cannot be stdin: write it to a file")
        }
        if text.utf8.suffix(3).elementsEqual("...".utf8) {
            let repository = try GitRepository(), revision = String(decoding: text.utf8.dropLast(3), as: UTF8.self)
            _ = try repository.tree(of: revision)
            let common = try repository.mergeBase(revision, present)
            self = .tree(try common.map { try repository.tree(of: $0) }, commit: common, repository)
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
            self = .tree(nil, commit: nil, repository)
            return
        }
        guard let tree = try repository.treeIfAny(of: text) else {
            guard exists else {
                throw IOFailure(message: "--against \(printable(text)): neither a revision nor a path")
            }
            self = .files(path)
            return
        }
        // In a bare repository, an existing path is one of git's own files and not a definition, so the revision is
        // meant.
        if exists, repository.top != nil {
            throw IOFailure(
                message: "--against \(printable(text)): both a revision and a path; write ./\(printable(text)) for the "
                    + "path")
        }
        self = .tree(tree, commit: try repository.commitIfAny(of: text), repository)
    }
}
