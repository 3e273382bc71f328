import ArgumentParser
import Work

/// `virt-cpu hook pre-commit`: what a commit changes, for git's own hook and for the pre-commit framework.
struct PreCommitHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-commit",
        abstract: "Check what git has staged; a hook of git's and of the pre-commit framework.",
        discussion: """
            The same as check --staged --no-local, with the work tree's policy. Under the framework's --from-ref and \
            --to-ref it checks what the second changed since the two parted. File names are taken and not looked at: \
            domains are followed across files.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Rewrite the work tree's files, where they are what is staged; the commit is to be made again.")
    var fix = false

    @Argument(help: .hidden)
    var files: [String] = []

    func run() throws { try PreCommitHook.run(fix: fix, options.settings()) }
}
