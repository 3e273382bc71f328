import ArgumentParser
import Work

/// `virt-cpu hook pre-commit`: checks what a commit changes, for git's own hook and for the pre-commit framework.
struct PreCommitHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-commit",
        abstract: "git's pre-commit hook, also for the pre-commit framework: check the staged files.",
        discussion: """
            This is check --staged --no-local, with the policy of the work tree. With the framework's --from-ref and \
            --to-ref, it checks what the second revision changed since their merge base. Files that are named, but not \
            staged, are checked as they are in the work tree, which is what the framework's --all-files and --files ask \
            for. All staged files are checked, named or not, because domains are followed across files.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Rewrite files whose work-tree copy equals the staged one; then stage and commit again.")
    var fix = false

    @Argument(help: "Files to check even if nothing of them is staged.")
    var files: [String] = []

    func run() throws { try PreCommitHook.run(fix: fix, files: files, options.settings()) }
}
