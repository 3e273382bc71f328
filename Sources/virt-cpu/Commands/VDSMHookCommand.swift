import ArgumentParser
import Glibc
import SystemPackage
import Work

/// `virt-cpu hook vdsm`: oVirt's hook point `before_vm_start`.
struct VDSMHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vdsm",
        abstract: "oVirt's hook before_vm_start: rewrite the domain in the file named by $_hook_domxml.",
        discussion: """
            If the guest has a finding at or above --fail-on, the exit status is 2, which stops the start. If the work \
            could not be done, the hook reports it, leaves the file alone and ends with 0, or with 2 if --strict is \
            given. The policy is --config or /etc/virt-cpu.yaml.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Also stop the start if the policy, a host or the domain cannot be read.")
    var strict = false

    func run() throws {
        let file = getenv("_hook_domxml").map { FilePath(platformString: $0) }
        try VDSMHook.run(file: file, strict: strict, options.settings())
    }
}
