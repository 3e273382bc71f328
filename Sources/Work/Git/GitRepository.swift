import Glibc
import Reports
import SystemPackage

/// A git repository, read through git itself: names and ids come from plumbing commands with `-z`, contents by id from
/// one `cat-file --batch`, so that any file name works with any git. Nothing that the repository contains is run. Its
/// configuration belongs to its owner, and git follows it.
package struct GitRepository: Sendable {
    /// The path from the top of the work tree to the current directory: empty, or with a slash at its end.
    let prefix: [UInt8]
    /// The top of the work tree; nil in a bare repository and inside `.git`.
    let top: FilePath?

    /// An entry of a tree or of the index: a regular file.
    struct Entry {
        /// The path from the top of the tree, with slashes.
        var path: [UInt8]
        /// The blob's id in hexadecimal: 40 or 64 digits.
        var id: String
    }

    /// The repository of the current directory.
    /// - Throws: `IOFailure` in git's own words where there is none.
    package init() throws {
        // The prefix comes last: a name may hold line feeds.
        let answer = try GitProgram.run(["rev-parse", "--is-inside-work-tree", "--show-cdup", "--show-prefix"])
        let lines = answer.split(separator: 0x0a, maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.first.map({ $0.elementsEqual("true".utf8) }) ?? false, lines.count == 3 else {
            prefix = []
            top = nil
            return
        }
        prefix = Array(lines[2].dropLast(lines[2].last == 0x0a ? 1 : 0))
        let up = String(decoding: lines[1], as: UTF8.self)
        top = Files.real(FilePath(up.isEmpty ? "." : up))
    }

    /// The directory of the repository's hooks (`core.hooksPath`).
    package func hooks() throws -> FilePath {
        let answer = try GitProgram.run(["rev-parse", "--git-path", "hooks"])
        return FilePath(bytes: Array(answer.dropLast(answer.last == 0x0a ? 1 : 0)))
    }

    /// The id of a revision's tree.
    /// - Throws: `IOFailure` for a word that names no commit or tree.
    func tree(of revision: String) throws -> String {
        guard let tree = try treeIfAny(of: revision) else {
            throw IOFailure(message: "\(printable(revision)): not a commit or tree of this repository")
        }
        return tree
    }

    /// The id of a revision's tree; nil for a word that names none.
    func treeIfAny(of revision: String) throws -> String? { try id(of: revision, as: "tree") }

    private func id(of revision: String, as type: String) throws -> String? {
        guard !revision.utf8.starts(with: "-".utf8), !revision.isEmpty, !revision.utf8.contains(0) else { return nil }
        let answer = try GitProgram.output(of: ["rev-parse", "--verify", "--quiet", "\(revision)^{\(type)}"])
        guard answer.isSuccess else { return nil }
        return GitProgram.line(answer.output)
    }

    /// The id of a revision's commit; nil for a word that names none.
    func commitIfAny(of revision: String) throws -> String? { try id(of: revision, as: "commit") }

    /// HEAD's tree; nil before the first commit.
    func headTree() throws -> String? { try treeIfAny(of: "HEAD") }

    /// The merge base of two commits; nil where they have none.
    /// - Throws: `IOFailure` where git cannot tell, for example because one of them is no commit.
    func mergeBase(_ a: String, _ b: String) throws -> String? {
        guard !a.utf8.starts(with: "-".utf8), !b.utf8.starts(with: "-".utf8) else { return nil }
        let answer = try GitProgram.output(of: ["merge-base", a, b])
        if answer.status == 1 { return nil }
        guard answer.isSuccess else { throw answer.failure(of: "merge-base") }
        return GitProgram.line(answer.output)
    }

    /// The names of all branches: `refs/heads/main`.
    func branches() throws -> Set<[UInt8]> {
        let names = try GitProgram.run(["for-each-ref", "--format=%(refname)", "refs/heads"])
        return Set(names.split(separator: 0x0a).map(Array.init))
    }

    /// What HEAD names: `refs/heads/main`, whether or not that exists. If it names no branch, `HEAD`.
    func nameOfHead() throws -> [UInt8] {
        let answer = try GitProgram.output(of: ["symbolic-ref", "--quiet", "HEAD"])
        return answer.isSuccess ? Array(answer.output.prefix { $0 != 0x0a }) : Array("HEAD".utf8)
    }

    /// Regular files of a tree.
    func entries(of tree: String) throws -> [Entry] { try listing(of: tree).files }

    /// Regular files of a tree, and the paths of its symbolic links.
    /// - Parameter tree: nil for the index.
    func listing(of tree: String?) throws -> (files: [Entry], links: [[UInt8]]) {
        let records = try records(of: tree)
        return (
            records.filter(\.isRegular).map { Entry(path: $0.path, id: $0.id) }, records.filter(\.isLink).map(\.path)
        )
    }

    /// All files, links and submodules of a version.
    /// - Parameter tree: nil for the index.
    func records(of tree: String?) throws -> [Record] {
        if let tree { return try Self.records(inTree: GitProgram.run(["ls-tree", "-r", "-z", "--full-tree", tree])) }
        return try Self.records(inIndex: GitProgram.run(["ls-files", "-s", "-z", "--full-name", "--", ":/"]))
    }

    /// The regular files of the index.
    /// - Throws: `IOFailure` where a merge left one unresolved.
    func stagedEntries() throws -> [Entry] {
        try stagedChanges(from: nil).compactMap { change in change.new.map { Entry(path: change.path, id: $0) } }
    }

    /// The differences between a tree and the index. A file that is only announced (`git add -N`) does not count.
    /// - Parameter tree: nil for the empty tree.
    /// - Throws: `IOFailure` where a merge left a file unresolved.
    func stagedChanges(from tree: String?) throws -> [Change] {
        try Self.changes(in: GitProgram.run([
            "diff-index", "--cached", "--ita-invisible-in-index", "--raw", "-z", "--no-renames", tree ?? emptyTree(),
        ]))
    }

    /// The id of the empty tree, which depends on the repository's hash. git knows that tree without storing it.
    private func emptyTree() throws -> String {
        GitProgram.line(try GitProgram.run(["hash-object", "-t", "tree", "/dev/null"]))
    }

    /// The differences between two trees.
    /// - Parameter old: nil for the empty tree.
    func changes(from old: String?, to new: String) throws -> [Change] {
        guard let old else { return try entries(of: new).map { Change(path: $0.path, old: nil, new: $0.id) } }
        return try Self.changes(in: GitProgram.run(["diff-tree", "-r", "--raw", "-z", "--no-renames", old, new]))
    }

    /// The differences between a tree and the work tree, including files that git does not track. An id in `new` is not
    /// meaningful: it only says that the file exists.
    func workTreeChanges(from tree: String) throws -> [Change] {
        let tracked = try Self.changes(in: GitProgram.run(["diff-index", "--raw", "-z", "--no-renames", tree]))
        let known = Set(try entries(of: tree).map(\.path))
        let others = try GitProgram.run(["ls-files", "-o", "-z", "--full-name", "--exclude-standard", "--", ":/"])
        return tracked + others.split(separator: 0).map(Array.init).filter { !known.contains($0) }.map {
            Change(path: $0, old: nil, new: "")
        }
    }

    /// Whether a file of the work tree has the staged content, after the filters that `git add` would apply.
    ///
    /// - Parameter id: the id of the staged blob.
    func isStaged(_ file: FilePath, as id: String) throws -> Bool {
        let answer = try GitProgram.output(of: ["hash-object", "--", file.string])
        return answer.isSuccess && GitProgram.line(answer.output) == id
    }

    /// Converts a path from the current directory into one from the top of the tree: without a slash at its end, and
    /// empty for the top itself.
    /// - Throws: `IOFailure` for a path outside the repository.
    func path(of named: FilePath) throws -> [UInt8] {
        var whole = named
        if named.isAbsolute {
            let resolved = Files.real(named) ?? named
            guard let top, resolved.starts(with: top) else {
                throw IOFailure(message: "\(printable(named.string)): the path is outside the repository")
            }
            whole = resolved
            _ = whole.removePrefix(top)
        } else {
            whole = FilePath(bytes: prefix).pushing(named)
        }
        whole.lexicallyNormalize()
        let bytes = whole.bytes
        if bytes.starts(with: "../".utf8) || bytes.elementsEqual("..".utf8) {
            throw IOFailure(message: "\(printable(named.string)): the path is outside the repository")
        }
        return bytes.elementsEqual(".".utf8) ? [] : bytes
    }

    /// Converts a path from the top of the tree into one from the current directory.
    func shown(_ path: [UInt8]) -> [UInt8] {
        guard !prefix.isEmpty else { return path }
        var depth = 0
        var prefix = prefix[...]
        while !path.starts(with: prefix) {
            depth += 1
            let parent = prefix.dropLast().lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? prefix.startIndex
            prefix = prefix[..<parent]
        }
        return Array(repeatElement(Array("../".utf8), count: depth).joined()) + path[prefix.count...]
    }
}
