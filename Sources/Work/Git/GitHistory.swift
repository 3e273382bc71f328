/// What the commits before a version changed or deleted, the latest first.
package struct GitHistory {
    /// A version of a file that a commit replaced by another, or deleted.
    package struct Version {
        /// The path from the top of the tree.
        package var path: [UInt8]
        /// The id of the content.
        package var id: String
        /// The commit after which the file has this content no more.
        package var commit: String
    }

    package private(set) var versions: [Version] = []
    /// The versions of symbolic links; the content is the path that the link names.
    package private(set) var links: [Version] = []
    /// There are older commits.
    private(set) var isCut = false

    /// Reads the commit and those before it, whatever branch they were made on and whatever their dates are. A merge is compared
    /// with each of its parents, so that it also deletes what only one of them has (`git merge -s ours`).
    ///
    /// - Parameters:
    ///   - commit: its id.
    ///   - most: the most commits that are read.
    /// - Throws: `IOFailure` where git fails, or prints too much.
    init(before commit: String, most: Int) throws {
        let output = try GitProgram.run([
            "log", "--topo-order", "--no-show-signature", "--no-color", "-m", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", "--format=%H", "-n",
            String(most), commit, "--",
        ])
        // With --diff-filter, git would not count the commits that it leaves out.
        try self.init(log: output)
        let count = try GitProgram.run(["rev-list", "--count", "-n", String(most + 1), commit, "--"])
        isCut = Int(GitProgram.line(count)).map { $0 > most } ?? true
    }

    /// Reads what `git log` printed: `ID NUL`, for a merge once for each parent, and for each file
    /// `[LF] :OLDMODE NEWMODE OLDID NEWID STATUS NUL PATH NUL`. A file that is new has no old mode.
    package init(log output: [UInt8]) throws {
        var fields = output.split(separator: 0).makeIterator()
        var current = ""
        var seen: Set<[UInt8]> = []
        while var field = fields.next() {
            if field.first == 0x0a { field = field.dropFirst() }
            guard field.first == UInt8(ascii: ":") else {
                current = String(decoding: field, as: UTF8.self)
                continue
            }
            let words = field.dropFirst().split(separator: 0x20)
            guard words.count == 5, let path = fields.next() else { throw GitRepository.unreadable("git log --raw", "a line") }
            let isLink = GitRepository.isLink(words[0])
            // A link and a file can have the same content at the same path.
            guard isLink || GitRepository.isRegular(words[0]), seen.insert(Array(words[0] + [0x20] + words[2] + [0x20] + path)).inserted else { continue }
            let version = Version(path: Array(path), id: String(decoding: words[2], as: UTF8.self), commit: current)
            if isLink { links.append(version) } else { versions.append(version) }
        }
    }
}

extension GitHistory {
    /// Who changed files, by commit, the newest first: a few lines for a person. Authors and committers are what the commits
    /// state, which anybody can write.
    ///
    /// - Parameters:
    ///   - old: the last commit that does not count; nil if all do.
    ///   - new: the last commit that counts.
    ///   - paths: from the top of the tree.
    /// - Throws: `IOFailure` where git fails.
    static func authors(of paths: [String], after old: String?, until new: String) throws -> [String] {
        let most = 4
        let output = try GitProgram.run(
            ["log", "--no-show-signature", "--no-color", "-z", "--format=%H%n%an <%ae>%n%cn <%ce>", "-n", String(most + 1)]
                + [old.map { "\($0)..\(new)" } ?? new, "--"] + paths.map { ":(top,literal)\($0)" })
        let lines = output.split(separator: 0).map { commit in
            let words = commit.split(separator: 0x0a).map { String(decoding: $0, as: UTF8.self) }
            let (author, committer) = (words.dropFirst().first ?? "", words.dropFirst(2).first ?? "")
            return "changed in commit \(words.first.map { String($0.prefix(12)) } ?? "") by \(author)"
                + (committer == author ? "" : ", committed by \(committer)")
        }
        return lines.count > most ? lines.prefix(most) + ["and in older commits of these"] : lines
    }
}
