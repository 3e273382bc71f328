import ArgumentParser
import Glibc
import Lint
import SystemPackage

/// `virt-cpu hook pre-commit`: what a commit changes, for git's own hook and for the pre-commit framework.
struct PreCommitHook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-commit",
        abstract: "Check what git has staged; a hook of git's and of the pre-commit framework.",
        discussion: """
            The same as check --staged --no-local, with the work tree's policy. Under the framework's --from-ref and \
            --to-ref it checks what the second changed since the two parted. File names are taken and not looked at: \
            domains are followed across files.
            """)

    @OptionGroup var options: JudgingOptions

    @Flag(name: .long, help: "Rewrite the work tree's files, where they are what is staged; the commit is to be made again.")
    var fix = false

    @Argument(help: .hidden)
    var files: [String] = []

    func run() throws {
        var options = options
        options.noLocal = true
        // https://pre-commit.com, "During the hook's run"
        if let from = Self.variable("PRE_COMMIT_FROM_REF"), let to = Self.variable("PRE_COMMIT_TO_REF") {
            if fix { throw IOFailure(message: "--fix rewrites files; a commit's cannot be") }
            let versions = try CheckInputs(paths: [], staged: false, revision: to, against: from + "...") { _ in }
            return try CheckJob(options, versions, mode: .report, staged: false, policyRevision: nil).run(jobs: Threads.cores)
        }
        let versions = try CheckInputs(paths: [], staged: true, revision: nil, against: nil) { _ in }
        let run = try CheckJob(options, versions, mode: fix ? .fix : .report, staged: true, policyRevision: nil)
        try run.run(jobs: Threads.cores)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// `virt-cpu hook pre-receive`: what a push changes, on the server.
struct PreReceiveHook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-receive",
        abstract: "Check what a push changes; a hook of a git server's.",
        discussion: """
            Reads OLD NEW REF lines from stdin, as git writes them. Each branch is checked against what it was, a new one \
            against what it has in common with HEAD, the first one against nothing. Deleted branches and tags pass.

            The policy is --config, or the branch's as it was before the push (of a new branch HEAD's, or that of any \
            branch there is), or /etc/virt-cpu.yaml: the pushed one \
            holds from the next push on, or at once with --pushed-policy. One that cannot be read is refused.
            """)

    @OptionGroup var options: JudgingOptions

    @Flag(name: .long, help: "Judge by the policy that is pushed.")
    var pushedPolicy = false

    func validate() throws {
        // Each branch has a report of its own, and two arrays one after the other are no JSON.
        if options.format == .json || options.format == .sarif {
            throw ValidationError("--format: text, json-lines or github, since each branch is reported by itself")
        }
    }

    func run() throws {
        var options = options
        options.noLocal = true
        let repository = try GitRepository()
        var worst: ExitStatus?
        var done: Set<Comparison> = []
        for update in try Self.updates() {
            do {
                // HEAD does not resolve before the first push.
                let comparison = Comparison(
                    base: try update.old ?? repository.mergeBase("HEAD", update.new), new: update.new,
                    policy: pushedPolicy ? update.new : try update.old ?? repository.policyOfNewBranches())
                // Many names for one commit are one answer.
                guard done.insert(comparison).inserted else { continue }
                if options.format == .text { complain("virt-cpu: \(printable(update.reference))") }
                try check(comparison, options, repository)
            } catch let status as ExitStatus {
                worst = worst == .failed ? worst : status
            } catch {
                complain(shown(error))
                worst = .failed
            }
        }
        if let worst { throw worst }
    }

    /// A branch that a push moves.
    private struct Update {
        /// A commit; nil for a new branch.
        var old: String?
        var new: String
        var reference: String
    }

    /// Commits; nil is nothing at all.
    private struct Comparison: Hashable {
        var base: String?
        var new: String
        var policy: String?
    }

    private func check(_ comparison: Comparison, _ options: JudgingOptions, _ repository: GitRepository) throws {
        let zero = String(repeating: "0", count: comparison.new.utf8.count)
        let versions = try CheckInputs(
            paths: [], staged: false, revision: comparison.new, against: comparison.base ?? zero) { _ in }
        // A policy that nobody can read would refuse the push that mends it.
        if options.config == nil, !options.noConfig {
            try PolicyLookup.tryPolicies(of: comparison.new, changedFrom: comparison.base, in: repository, options)
        }
        let run = try CheckJob(options, versions, mode: .report, staged: false, policyRevision: comparison.policy)
        try run.run(jobs: Threads.cores)
    }

    private static func updates() throws -> [Update] {
        try StandardInput.all().split(separator: 0x0a).compactMap { line in
            let words = line.split(separator: 0x20, maxSplits: 2).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 3, words[0].utf8.count == words[1].utf8.count, [40, 64].contains(words[0].utf8.count) else {
                throw IOFailure(message: "stdin: OLD NEW REF is wanted, as git writes it: \(printable(words.joined(separator: " ")))")
            }
            func id(_ word: String) -> String? { word.utf8.allSatisfy { $0 == UInt8(ascii: "0") } ? nil : word }
            guard words[2].hasPrefix("refs/heads/"), let new = id(words[1]) else { return nil }
            return Update(old: id(words[0]), new: new, reference: words[2])
        }
    }
}

extension GitRepository {
    /// The commit whose policy holds for a branch that is new: HEAD's, else any branch's; nil before the first push. Where
    /// a new branch's own history chose, it would choose the laxest.
    func policyOfNewBranches() throws -> String? {
        try treeIfAny(of: "HEAD") == nil ? anyBranch() : "HEAD"
    }
}

extension PolicyLookup {
    /// Reads the policies that a revision brings or changes, and the hosts' files that they name.
    /// - Throws: what is wrong with the first that is wrong.
    static func tryPolicies(
        of revision: String, changedFrom base: String?, in repository: GitRepository, _ options: JudgingOptions
    ) throws {
        let old = try base.map { try repository.tree(of: $0) }
        let changes = try repository.changes(from: old, to: repository.tree(of: revision)).filter { change in
            FilePath(bytes: change.path).lastComponent?.string == PolicyLookup.fileName
        }
        // It refuses symbolic links by itself, which are no changes of files.
        let tree = try PolicyTree(of: revision, in: repository, GitObjects())
        guard !changes.isEmpty else { return }
        var lookup = try PolicyLookup(options, purpose: .check, tree: tree)
        for change in changes where change.new != nil {
            let path = FilePath(bytes: change.path)
            _ = try lookup.judge(for: InputFile(name: path.string, content: .bytes([]), directory: nil, path: path))
        }
    }
}
