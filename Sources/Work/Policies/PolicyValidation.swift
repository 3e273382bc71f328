import SystemPackage

extension PolicyLookup {
    /// Reads the policies that a revision adds or changes, those that extend or name a file that it changes, and the host
    /// files that they name.
    ///
    /// - Throws: what is wrong with the first broken one.
    static func validatePolicies(
        of revision: String, changedFrom base: String?, in repository: GitRepository, _ settings: Settings
    ) throws {
        let old = try base.map { try repository.tree(of: $0) }
        let changed = Set(
            try repository.changes(from: old, to: repository.tree(of: revision)).map { FilePath(bytes: $0.path) })
        // The tree is read even if no policy changed, because reading it refuses policies that are symbolic links.
        // Those are not listed as changed files.
        let tree = try PolicyTree(of: revision, in: repository, GitObjects())
        let affected = tree.policies.filter { policy in
            if changed.contains(policy) { return true }
            guard let chain = try? PolicyChain(policy, from: tree), let hosts = try? chain.policy(origin: .discovered).hosts else {
                // It was broken before, unless this push changes what it extends.
                return changed.contains { ["yaml", "yml"].contains($0.extension) }
            }
            return chain.files.contains(where: changed.contains) || hosts.contains { host in
                guard host.kind == .files, case .files(let files) = tree.files(matching: host.spec, in: chain.directory(of: host.document))
                else { return false }
                return files.contains(where: changed.contains)
            }
        }
        guard !affected.isEmpty else { return }
        var policies = try PolicyLookup(settings, purpose: .check, tree: tree)
        for path in affected {
            _ = try policies.policy(for: InputFile(name: path.string, content: .bytes([]), directory: nil, path: path))
        }
    }
}
