import ArgumentParser

/// `virt-cpu hook`: the hooks that other programs call before they start a guest or accept a definition.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook",
        abstract: "Hooks of git, libvirt, KubeVirt and VDSM.",
        subcommands: [
            PreCommitHookCommand.self, PreReceiveHookCommand.self, LibvirtHookCommand.self, KubeVirtHookCommand.self,
            VDSMHookCommand.self,
        ])
}
