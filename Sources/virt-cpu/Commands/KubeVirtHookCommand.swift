import ArgumentParser
import Work

/// `virt-cpu hook kubevirt`: KubeVirt's sidecar hook `onDefineDomain`.
struct KubeVirtHookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubevirt",
        abstract: "KubeVirt's sidecar hook onDefineDomain: print the domain with the policy's default <cpu>.",
        discussion: """
            If the guest has a finding at or above --fail-on, nothing is printed and the exit status is 1; if the work \
            could not be done, it is 2. KubeVirt does not start the guest in either case. The policy is --config or \
            /etc/virt-cpu.yaml.
            """)

    @OptionGroup var options: SettingsOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The VirtualMachineInstance; ignored, because the domain contains everything about the CPU.",
            valueName: "json"))
    var vmi: String?

    @Option(name: .long, help: ArgumentHelp("The domain XML.", valueName: "xml"))
    var domain: String

    func run() throws { try KubeVirtHook.run(domain: domain, options.settings()) }
}
