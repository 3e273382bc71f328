import Lint
import SystemPackage

/// Which paths of git's versions are those of definitions that are checked, by the policies of one version: because of their names or
/// of `include`, and unless `exclude` leaves them out.
///
/// Of the policies, only these keys are read. One that cannot be read includes and excludes nothing, as in a check.
final class CheckedPaths {
    private let repository: GitRepository
    private let tree: PolicyTree?
    private let included: IncludedFiles
    private var places: PolicyPlaces
    private var excluded: [FilePath: (list: IgnoreList, directory: FilePath)] = [:]

    /// - Parameter revision: where policies are taken from; nil for those of this machine.
    /// - Throws: `IOFailure` for a revision that cannot be read.
    init(_ settings: Settings, by revision: String?, in repository: GitRepository) throws {
        self.repository = repository
        tree = try revision.map { try PolicyTree(of: $0, in: repository, GitObjects()) }
        included = IncludedFiles(settings, tree: tree)
        places = PolicyPlaces(settings, tree: tree)
    }

    /// - Parameter path: from the top of the tree.
    func contains(_ path: [UInt8]) -> Bool {
        InputFile.isWanted(path, below: []) { included.includes($0, in: repository) } && !isExcluded(path)
    }

    /// A policy of this machine leaves out no file of a repository without a work tree.
    private func isExcluded(_ path: [UInt8]) -> Bool {
        let place = places.place(for: InputFile(path: path, blob: "", in: repository))
        guard place.origin == .tree, let file = place.file else { return false }
        let (list, directory) = excluded(by: file)
        var below = FilePath(bytes: path)
        guard !list.isEmpty, directory.isEmpty || below.removePrefix(directory) else { return false }
        return list.covers(file: below.bytes)
    }

    private func excluded(by file: FilePath) -> (list: IgnoreList, directory: FilePath) {
        if let known = excluded[file] { return known }
        let found = try? FoundPolicy(file, .tree, tree: tree)
        let policy = try? found?.chain?.policy(origin: .discovered)
        let known = (list: IgnoreList(policy?.exclude ?? []), directory: file.removingLastComponent())
        excluded[file] = known
        return known
    }
}
