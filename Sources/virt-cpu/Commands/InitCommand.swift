import ArgumentParser
import SystemPackage
import Work

/// `virt-cpu init`: a policy to start from.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a commented starter policy, .virt-cpu.yaml, into the current directory.",
        discussion: "A policy that is there already is left alone. `-` prints it instead.")

    @Flag(name: .long, help: "Install git's pre-commit hook, too: a commit that breaks the policy is not made.")
    var hook = false

    @Argument(help: ArgumentHelp("Where: a file, or - for stdout.", valueName: "file"))
    var file = PolicyLookup.fileName

    func validate() throws {
        if hook && file == "-" { throw ValidationError("--hook is for a repository: - only prints") }
    }

    func run() throws {
        if file == "-" { return try Channels.standard.print(StarterPolicy.text) }
        try StarterPolicy.write(to: FilePath(file), installsHook: hook)
    }
}
