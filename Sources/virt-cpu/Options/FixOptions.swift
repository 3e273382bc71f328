import ArgumentParser
import Work

/// The options of `check` about fixes.
struct FixOptions: ParsableArguments {
    @Flag(name: .long, help: "Rewrite the files: apply fixes and the policy's default; without a default, only fixes that no guest notices.")
    var fix = false

    @Flag(name: .long, help: "Print what --fix would change as a unified diff; findings go to stderr.")
    var diff = false

    var mode: CheckMode { fix ? .fix : diff ? .diff : .report }

    /// - Throws: `ValidationError` for what cannot be fixed.
    func validate(_ version: CheckedVersionOptions, isOfStandardInput: Bool) throws {
        if fix && diff { throw ValidationError("--fix and --diff cannot be combined") }
        if fix && version.rev != nil {
            throw ValidationError("--fix rewrites files, but the files of a commit cannot be rewritten: leave out --rev")
        }
        if fix && version.connect != nil {
            throw ValidationError(
                "--fix rewrites files, but libvirt keeps its definitions itself: change them with virsh define")
        }
        if (fix || diff) && isOfStandardInput {
            throw ValidationError("--fix and --diff work on files: for stdin, use virt-cpu filter")
        }
    }
}
