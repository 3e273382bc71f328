import ArgumentParser
import Work

/// `virt-cpu hook pre-receive`: what a push changes, on the server.
struct PreReceiveHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-receive",
        abstract: "Check what a push changes; a hook of a git server's.",
        discussion: """
            Reads OLD NEW REF lines from stdin, as git writes them. Each branch is checked against what it was, a new one \
            against what it has in common with HEAD, the first one against nothing. Deleted branches and tags pass.

            The policy is --config, or the branch's as it was before the push (of a new branch HEAD's, or that of any \
            branch there is), or /etc/virt-cpu.yaml: the pushed one \
            holds from the next push on, or at once with --pushed-policy. One that cannot be read is refused.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Judge by the policy that is pushed.")
    var pushedPolicy = false

    func validate() throws {
        // Each branch has its own report, and several arrays in a row are not JSON.
        if options.format == .json || options.format == .sarif {
            throw ValidationError("--format: text, json-lines or github, since each branch is reported by itself")
        }
    }

    func run() throws { try PreReceiveHook(options.settings(), usesPushedPolicy: pushedPolicy).run() }
}
