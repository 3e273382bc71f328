import ArgumentParser
import Glibc
import SystemPackage

/// `virt-cpu hook vdsm`: oVirt's hook point `before_vm_start`.
///
/// The contract is vdsm's lib/vdsm/common/hooks.py: the environment names the file that holds the domain, which the hook
/// edits in place; 2 stops the start. 1 stops it too, once the other hooks have run. stderr is logged.
struct VDSMHook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vdsm",
        abstract: "oVirt's hook before_vm_start: rewrite the domain in the file named by $_hook_domxml.",
        discussion: """
            Ends with 2, which stops the start, when the guest has a finding at or above --fail-on. When the work could \
            not be done it says so, leaves the file alone and ends with 0, with --strict with 2. The policy is --config \
            or /etc/virt-cpu.yaml.
            """)

    @OptionGroup var options: JudgingOptions

    @Flag(name: .long, help: "Stop the start also when the policy, a host or the domain cannot be read.")
    var strict = false

    func run() throws {
        do {
            try rewrite()
        } catch let failure as any Failure {
            complain(failure.shown)
            if strict { throw ExitStatus.failed }
        }
    }

    private func rewrite() throws {
        guard let name = getenv("_hook_domxml") else {
            throw IOFailure(message: "hook vdsm: $_hook_domxml is not set: VDSM sets it")
        }
        let path = FilePath(platformString: name)
        let bytes = try Files.read(path, limit: options.maxDomainSize.bytes)
        let rewriting = try HookRewriting(bytes, named: printable(path.string), options)
        guard rewriting.refusals.isEmpty else {
            complain(HookRefusal.text("\(rewriting.guest) is not started", rewriting.refusals))
            throw ExitStatus.failed
        }
        guard rewriting.isChanged else { return }
        try OrderlyEnd.install()
        try OrderlyEnd.uninterrupted { try FileReplacement.replace(path, from: bytes, with: rewriting.output) }
    }
}
