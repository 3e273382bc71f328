import Glibc
import SystemPackage

/// git's pre-commit hook, which the pre-commit framework calls too.
package enum PreCommitHook {
    /// Checks what is staged. With the framework's `--from-ref` and `--to-ref`, it checks what the second revision
    /// changed since their merge base.
    ///
    /// - Parameters:
    ///   - fix: rewrite the files of the work tree.
    ///   - files: what the framework lists. For a commit, it lists staged files; with `--all-files` and `--files`, others too.
    ///     Those are checked as they are in the work tree.
    /// - Throws: as `CheckJob.run(jobs:)`.
    package static func run(fix: Bool, files: [String] = [], _ settings: Settings, _ channels: Channels = .standard) throws {
        var settings = settings
        settings.ignoresLocalMachine = true
        var request = CheckRequest()
        // https://pre-commit.com, "During the hook's run"
        if let from = variable("PRE_COMMIT_FROM_REF"), let to = variable("PRE_COMMIT_TO_REF") {
            if fix {
                throw IOFailure(
                    message: "--fix rewrites files, but the files of a commit cannot be rewritten: leave out "
                        + "--from-ref and --to-ref")
            }
            request.revision = to
            request.against = from + "..."
        } else {
            request.isStaged = true
            request.unstagedFiles = files.map { FilePath($0) }
            request.mode = fix ? .fix : .report
        }
        try request.run(settings, channels)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
