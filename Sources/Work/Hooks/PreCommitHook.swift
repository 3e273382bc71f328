import Glibc

/// git's pre-commit hook, which the pre-commit framework calls too.
package enum PreCommitHook {
    /// Checks what is staged. With the framework's `--from-ref` and `--to-ref`, it checks what the second revision
    /// changed since their merge base.
    ///
    /// - Parameter fix: rewrite the files of the work tree.
    /// - Throws: as `CheckJob.run(jobs:)`.
    package static func run(fix: Bool, _ settings: Settings, _ channels: Channels = .standard) throws {
        var settings = settings
        settings.ignoresLocalMachine = true
        // https://pre-commit.com, "During the hook's run"
        if let from = variable("PRE_COMMIT_FROM_REF"), let to = variable("PRE_COMMIT_TO_REF") {
            if fix { throw IOFailure(message: "--fix rewrites files, but the files of a commit cannot be rewritten: leave out --from-ref and --to-ref") }
            let inputs = try CheckInputs(paths: [], staged: false, revision: to, against: from + "...") { _ in }
            return try CheckJob(settings, inputs, channels).run(jobs: Threads.cores)
        }
        let inputs = try CheckInputs(paths: [], staged: true, revision: nil, against: nil) { _ in }
        let job = try CheckJob(settings, inputs, mode: fix ? .fix : .report, staged: true, channels)
        try job.run(jobs: Threads.cores)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
