import Reports

/// The HEAD of a server's repository, before a push. The branch that it names decides about new branches: which policy
/// applies to them, and which earlier definitions they are compared with.
///
/// HEAD is set on the server (`git symbolic-ref HEAD`). A push can neither set it nor delete its branch, unless the
/// server's configuration lets it (`receive.denyDeleteCurrent`). Any other choice, such as the first branch by name or the
/// only one that is left, would be one that somebody who may push can bring about.
struct HeadBranch {
    /// HEAD's commit; nil if HEAD names a branch that does not exist.
    let commit: String?
    /// What HEAD names: `refs/heads/main`.
    private let name: [UInt8]
    /// The branches that exist.
    private let branches: Set<[UInt8]>

    /// - Throws: `IOFailure` where git fails.
    init(of repository: GitRepository) throws {
        commit = try repository.commitIfAny(of: "HEAD")
        name = try repository.nameOfHead()
        branches = try repository.branches()
    }

    /// The commit that decides about a new branch; nil in a repository without branches, where nothing has been decided.
    ///
    /// - Throws: `IOFailure` if nothing decides although there are branches.
    func commitGoverning(_ update: BranchUpdate) throws -> String? {
        if commit != nil || branches.isEmpty { return commit }
        throw IOFailure(
            message: "\(update.name): refused, because nothing decides which policy applies to a new branch: the "
                + "server's HEAD names \(Self.shown(name)), which does not exist. On the server, set HEAD to the main branch: "
                + "git symbolic-ref HEAD refs/heads/NAME")
    }

    /// Refuses to delete all branches while HEAD names none of them: git protects only HEAD's own, and the next push would count
    /// as the first one.
    ///
    /// - Parameter deleted: the branches that a push deletes.
    /// - Throws: `IOFailure` if no branch is left.
    func checkDeletion(of deleted: Set<[UInt8]>) throws {
        guard commit == nil, !branches.isEmpty, branches.isSubset(of: deleted) else { return }
        throw IOFailure(
            message: "\(branches.sorted { $0.lexicographicallyPrecedes($1) }.map(Self.shown).joined(separator: ", ")): refused, because no branch would be left, and the "
                + "next push could choose the policy: the server's HEAD names \(Self.shown(name)), which does not exist. On the server, set "
                + "HEAD to the main branch: git symbolic-ref HEAD refs/heads/NAME")
    }

    /// What to say when the first push to a repository creates other branches than HEAD's; nil if there is nothing to say.
    func remark(afterCreating updates: [BranchUpdate]) -> String? {
        guard commit == nil, branches.isEmpty, let first = updates.first, !updates.contains(where: { $0.reference == name }) else {
            return nil
        }
        return "the server's HEAD names \(Self.shown(name)), which this push does not create. Until HEAD names an existing branch, "
            + "new branches will be refused. On the server, run: git symbolic-ref HEAD \(first.name)"
    }

    private static func shown(_ name: [UInt8]) -> String { printable(String(decoding: name, as: UTF8.self)) }
}
