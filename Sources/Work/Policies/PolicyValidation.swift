import SystemPackage

extension PolicyLookup {
    /// Reads the policies that a revision adds or changes, and the host files that they name.
    ///
    /// - Throws: what is wrong with the first broken one.
    static func validatePolicies(
        of revision: String, changedFrom base: String?, in repository: GitRepository, _ settings: Settings
    ) throws {
        let old = try base.map { try repository.tree(of: $0) }
        let changes = try repository.changes(from: old, to: repository.tree(of: revision)).filter { change in
            FilePath(bytes: change.path).lastComponent?.string == PolicyFile.name
        }
        // The tree is read even if no policy changed, because reading it refuses policies that are symbolic links.
        // Those are not listed as changed files.
        let tree = try PolicyTree(of: revision, in: repository, GitObjects())
        guard !changes.isEmpty else { return }
        var policies = try PolicyLookup(settings, purpose: .check, tree: tree)
        for change in changes where change.new != nil {
            let path = FilePath(bytes: change.path)
            _ = try policies.policy(for: InputFile(name: path.string, content: .bytes([]), directory: nil, path: path))
        }
    }
}
