import ArgumentParser

/// `virt-cpu hook kubevirt`: KubeVirt's sidecar hook `onDefineDomain`.
///
/// The contract is cmd/sidecars/sidecar_shim.go's: the new definition on stdout, any other status than 0 fails the
/// start. stderr is not logged.
struct KubeVirtHook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubevirt",
        abstract: "KubeVirt's sidecar hook onDefineDomain: print the domain, rewritten to the policy's default.",
        discussion: """
            Prints nothing and ends with 1 when the guest has a finding at or above --fail-on, with 2 when the work \
            could not be done: KubeVirt then does not start the guest. The policy is --config or /etc/virt-cpu.yaml.
            """)

    @OptionGroup var options: JudgingOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The VirtualMachineInstance. Not looked at: what the CPU is judged by stands in the domain.", valueName: "json"))
    var vmi: String?

    @Option(name: .long, help: ArgumentHelp("The domain XML.", valueName: "xml"))
    var domain: String

    func run() throws {
        let rewriting = try HookRewriting(Array(domain.utf8), named: "--domain", options)
        guard rewriting.refusals.isEmpty else {
            complain(HookRefusal.text("\(rewriting.guest) is not started", rewriting.refusals))
            throw ExitStatus.found
        }
        let output = StandardOutput()
        try rewriting.output.withUnsafeBytes { try output.write($0) }
        try output.flush()
    }
}
