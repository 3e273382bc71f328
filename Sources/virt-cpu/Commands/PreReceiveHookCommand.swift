import ArgumentParser
import Work

/// `virt-cpu hook pre-receive`: checks what a push changes, on the server.
struct PreReceiveHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-receive",
        abstract: "git's pre-receive hook, for servers: check what a push changes.",
        discussion: """
            git writes OLD NEW REF lines to stdin. Each branch is compared with its state before the push, a new \
            branch with HEAD, and the branches of the first push with nothing. If HEAD names a branch \
            that does not exist although there are others, new branches are refused: set HEAD on the server. Deleted \
            branches and tags are accepted.

            The policy is --config, else the branch's policy before the push (for a new branch, HEAD's), else \
            /etc/virt-cpu.yaml. A pushed policy applies from the next push on, or at once with --pushed-policy; if it is \
            weaker than the one before, policy-loosened says so. A pushed policy with an error is rejected.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Apply a pushed policy to the push that contains it, not only to the next one.")
    var pushedPolicy = false

    func validate() throws {
        // Each branch has its own report, and several arrays in a row are not JSON.
        if !options.format.isText && options.format != .jsonLines && options.format != .github {
            throw ValidationError(
                "--format must be text, json-lines or github here, because each branch has its own report")
        }
    }

    func run() throws { try PreReceiveHook(options.settings(), usesPushedPolicy: pushedPolicy).run() }
}
