import Reports

/// The HEAD of a server's repository, before a push. The branch that it names decides about new branches: which policy
/// applies to them, and which earlier definitions they are compared with.
///
/// HEAD is set on the server (`git symbolic-ref HEAD`). A push can neither set it nor delete its branch, unless the
/// server's configuration lets it (`receive.denyDeleteCurrent`). Any other choice, such as the first branch by name or the
/// only one that is left, would be one that somebody who may push can bring about.
struct HeadBranch {
    /// HEAD's commit; nil if HEAD names a branch that does not exist.
    private let commit: String?
    /// What HEAD names: `refs/heads/main`.
    private let name: String
    /// The repository has at least one branch.
    private let hasBranches: Bool

    /// - Throws: `IOFailure` where git fails.
    init(of repository: GitRepository) throws {
        commit = try repository.commitIfAny(of: "HEAD")
        name = try repository.nameOfHead()
        hasBranches = try repository.hasBranches()
    }

    /// The commit that decides about a new branch; nil in a repository without branches, where nothing has been decided.
    ///
    /// - Throws: `IOFailure` if nothing decides although there are branches.
    func commitGoverning(_ update: BranchUpdate) throws -> String? {
        if commit != nil || !hasBranches { return commit }
        throw IOFailure(
            message: "\(printable(update.reference)): refused, because nothing decides which policy applies to a new branch: the "
                + "server's HEAD names \(printable(name)), which does not exist. On the server, set HEAD to the main branch: "
                + "git symbolic-ref HEAD refs/heads/NAME")
    }

    /// What to say when the first push to a repository creates other branches than HEAD's; nil if there is nothing to say.
    func remark(afterCreating updates: [BranchUpdate]) -> String? {
        guard commit == nil, !hasBranches, let first = updates.first, !updates.contains(where: { $0.reference == name }) else {
            return nil
        }
        return "the server's HEAD names \(printable(name)), which this push does not create. Until HEAD names an existing branch, "
            + "new branches will be refused. On the server, run: git symbolic-ref HEAD \(printable(first.reference))"
    }
}
