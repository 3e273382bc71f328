import ArgumentParser
import Work

/// `virt-cpu hook pre-commit`: checks what a commit changes, for git's own hook and for the pre-commit framework.
struct PreCommitHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-commit",
        abstract: "git's pre-commit hook, also for the pre-commit framework: check the staged files.",
        discussion: """
            This is check --staged --no-local, with the policy of the work tree. With the framework's --from-ref and \
            --to-ref, it checks what the second revision changed since their merge base. File names as arguments are \
            ignored, because domains are followed across files.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Rewrite files whose work-tree copy equals the staged one; then stage and commit again.")
    var fix = false

    @Argument(help: .hidden)
    var files: [String] = []

    func run() throws { try PreCommitHook.run(fix: fix, options.settings()) }
}
