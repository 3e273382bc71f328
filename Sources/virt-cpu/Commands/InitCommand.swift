import ArgumentParser
import Lint
import SystemPackage
import Work

/// `virt-cpu init`: writes a policy to start from.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a commented starter policy, .virt-cpu.yaml, into the current directory.",
        discussion: "An existing policy is left alone. With `-`, the policy is printed instead.")

    @Flag(name: .long, help: "Also install git's hooks pre-commit and pre-merge-commit, which reject commits and merges that break the policy.")
    var hook = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The built-in policy to start from: workstation (one host), cluster (VMs migrate) or kubevirt.",
            valueName: "name"))
    var profile: Profile?

    @Argument(help: ArgumentHelp("The file to write, or - for stdout.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var file = PolicyFile.name

    func validate() throws {
        if hook && file == "-" {
            throw ValidationError("--hook installs a file in a repository: it cannot be combined with -")
        }
    }

    func run() throws {
        if file == "-" { return try Channels.standard.print(StarterPolicy.text(profile)) }
        try StarterPolicy.write(to: FilePath(file), profile: profile, installsHook: hook)
    }
}
