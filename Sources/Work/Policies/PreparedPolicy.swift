import Lint
import SystemPackage

/// A policy that was read, with its hosts: a judge, and the directory that the policy's paths start from.
final class PreparedPolicy: Sendable {
    let judge: Judge
    /// The policy's directory; without a policy, the current directory.
    let directory: FilePath
    /// `directory` is relative to the top of a tree in git.
    private let isInTree: Bool
    /// The policy has `path` patterns. Most have none, and resolving a file's links takes longer than opening it.
    private let asksForPaths: Bool

    init(judge: Judge, directory: FilePath, isInTree: Bool, asksForPaths: Bool) {
        self.judge = judge
        self.directory = directory
        self.isInTree = isInTree
        self.asksForPaths = asksForPaths
    }

    /// The path that the policy's `path` patterns are matched against.
    func path(of input: InputFile) -> String? {
        if input.isStream || !asksForPaths { return nil }
        if isInTree {
            var path = input.path
            _ = path.removePrefix(directory)
            return path.string
        }
        return input.path(below: directory)
    }
}
