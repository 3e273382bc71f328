import ArgumentParser

/// The options that choose the policy.
struct PolicyOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Read the policy from FILE.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Flag(name: .long, help: "Do not use a policy file.")
    var noConfig = false

    func validate() throws {
        if noConfig && config != nil { throw ValidationError("--config and --no-config cannot be combined") }
    }
}
