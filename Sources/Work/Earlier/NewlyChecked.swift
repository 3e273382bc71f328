import Reports
import SystemPackage

extension CheckInputs {
    /// Adds the definitions that the policies of the new version check and those before did not, changed or not: no later push need
    /// change them, so that they would never be judged. This costs nothing where no policy changed.
    ///
    /// - Parameters:
    ///   - old: the revision whose policies applied before; nil for the policy of this machine.
    ///   - new: the new version.
    /// - Throws: `IOFailure` where git fails.
    mutating func addNewlyChecked(by new: String, before old: String?, _ settings: Settings) throws {
        guard let repository, settings.policyFile == nil, !settings.ignoresPolicies, changed.contains(where: Self.mayBePolicy) else { return }
        let before = try CheckedPaths(settings, by: old, in: repository), after = try CheckedPaths(settings, by: new, in: repository)
        let tree = try repository.tree(of: new)
        func isNew(_ path: [UInt8]) -> Bool { after.contains(path) && !before.contains(path) }
        let files = try repository.entries(of: tree).filter { isNew($0.path) }.map { InputFile(path: $0.path, blob: $0.id, in: repository) }
        let links = try GitLinks(of: tree, in: repository, where: isNew)
        var found = files + links.targets.compactMap { InputFile(link: $0.key, to: $0.value, in: repository) }
        guard !found.isEmpty else { return }
        for index in found.indices { found[index].isNewlyChecked = true }
        newlyChecked = Set(found.map(\.path))
        present = present.filter { !newlyChecked.contains($0.path) } + found
        present.sort { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
        unchecked.removeAll { newlyChecked.contains($0.path) }
    }

    /// Whether a file can be a policy, or one that a policy extends.
    private static func mayBePolicy(_ path: [UInt8]) -> Bool {
        path.suffix(5).elementsEqual(".yaml".utf8) || path.suffix(4).elementsEqual(".yml".utf8)
    }
}

extension InputFile {
    /// A link of a version; nil if a clone has no definition there.
    fileprivate init?(link path: [UInt8], to target: GitLinks.Target, in repository: GitRepository) {
        switch target {
        case .file(let id):
            self.init(path: path, blob: id, in: repository)
            isLink = true
        case .refused(_, let why): self.init(refusedLink: path, why, in: repository)
        case .nothing: return nil
        }
    }
}
