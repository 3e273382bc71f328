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
            Ends with 2, which stops the start, when the guest has a finding at or above --fail-on. When the work could \
            not be done it says so, leaves the file alone and ends with 0, with --strict with 2. The policy is --config \
            or /etc/virt-cpu.yaml.
            """)

    @OptionGroup var options: SettingsOptions

    @Flag(name: .long, help: "Stop the start also when the policy, a host or the domain cannot be read.")
    var strict = false

    func run() throws {
        let file = getenv("_hook_domxml").map { FilePath(platformString: $0) }
        try VDSMHook.run(file: file, strict: strict, options.settings())
    }
}
