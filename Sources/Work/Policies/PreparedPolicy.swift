import Hosts
import Lint
import SystemPackage

/// A policy that was read, with its hosts: a judge, and the directory that the policy's paths start from.
final class PreparedPolicy: Sendable {
    let judge: Judge
    let policy: Policy
    /// The hosts that must run the guests.
    let hosts: [Host]
    /// The name of the policy's file for a person; nil where there is no policy.
    let name: String?
    /// The policy's directory; without a policy, the current directory.
    let directory: FilePath
    /// `directory` is relative to the top of a tree in git.
    private let isInTree: Bool
    /// The work tree of that tree; nil if there is none.
    private let top: FilePath?
    /// The policy has `path` patterns. Most have none, and resolving a file's links takes longer than opening it.
    private let asksForPaths: Bool
    private let excluded: IgnoreList

    init(judge: Judge, policy: Policy, hosts: [Host], _ found: FoundPolicy) {
        self.judge = judge
        self.policy = policy
        self.hosts = hosts
        name = found.name
        directory = found.directory
        isInTree = found.place == .tree
        top = found.tree?.top
        asksForPaths = policy.guests.contains { $0.match.path != nil }
        excluded = IgnoreList(policy.exclude)
    }

    /// The path that the policy's `path` patterns are matched against.
    func path(of input: InputFile) -> String? {
        if input.isStream || !asksForPaths { return nil }
        if let path = pathBelow(input) { return path.string }
        return input.file == nil ? input.path.string : input.name
    }

    /// Whether the policy excludes an input that nobody named.
    func excludes(_ input: InputFile) -> Bool {
        if excluded.isEmpty || input.isStream { return false }
        return pathBelow(input).map { excluded.covers(file: $0.bytes) } ?? false
    }

    /// The path of an input from the policy's directory; nil if it does not lie below that.
    private func pathBelow(_ input: InputFile) -> FilePath? {
        if isInTree {
            var path = PolicyTree.path(of: input, below: top)
            return directory.isEmpty || path.removePrefix(directory) ? path : nil
        }
        return input.path(below: directory)
    }
}
