import ArgumentParser
import Work

/// `virt-cpu hook kubevirt`: KubeVirt's sidecar hook `onDefineDomain`.
struct KubeVirtHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubevirt",
        abstract: "KubeVirt's sidecar hook onDefineDomain: print the domain, rewritten to the policy's default.",
        discussion: """
            Prints nothing and ends with 1 when the guest has a finding at or above --fail-on, with 2 when the work \
            could not be done: KubeVirt then does not start the guest. The policy is --config or /etc/virt-cpu.yaml.
            """)

    @OptionGroup var options: SettingsOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The VirtualMachineInstance. Not looked at: what the CPU is judged by stands in the domain.", valueName: "json"))
    var vmi: String?

    @Option(name: .long, help: ArgumentHelp("The domain XML.", valueName: "xml"))
    var domain: String

    func run() throws { try KubeVirtHook.run(domain: domain, options.settings()) }
}
