import Glibc
import Reports
import SystemPackage

/// `virt-cpu init`: writes a policy to start from, and git's pre-commit hook.
package enum StarterPolicy {
    /// Creates the files. Existing files are left alone.
    ///
    /// - Parameter installsHook: install the hook too. An existing hook is then an error, but an existing policy is
    ///   not: the new hook checks by it.
    /// - Throws: `IOFailure` for a file that exists already or cannot be written.
    package static func write(to file: FilePath, installsHook: Bool, _ channels: Channels = .standard) throws {
        let preCommit = installsHook ? try GitRepository().hooks().appending("pre-commit") : nil
        if let preCommit {
            // Checked first, so that either both files are created or none.
            if Files.exists(preCommit) { throw IOFailure(printable(preCommit.string), EEXIST) }
            // A repository made without git's templates has no directory for hooks.
            _ = preCommit.removingLastComponent().withPlatformString { mkdir($0, 0o777) }
        }
        if preCommit == nil || !Files.exists(file) {
            try create(file, text, permissions: [.ownerReadWrite, .groupRead, .otherRead], channels)
        }
        if let preCommit {
            try create(
                preCommit, preCommitScript,
                permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute], channels)
        }
        channels.complain("to try it, run: virt-cpu check")
    }

    private static func create(
        _ file: FilePath, _ text: String, permissions: FilePermissions, _ channels: Channels
    ) throws {
        try FileCreation.create(file, Array(text.utf8), permissions: permissions)
        channels.complain("wrote \(printable(file.string))")
    }

    private static let preCommitScript = """
        #!/bin/sh
        # Rejects commits that break the policy or change the CPU of an installed Windows guest.
        exec virt-cpu hook pre-commit

        """

    /// Every key of a policy, commented, with its default.
    package static let text = InstalledSchema.modeline() + """
        # The CPU policy for the virtual machines in this repository; see virt-cpu.yaml(5).

        # The hosts that must be able to run them. On each host, save the output of `virsh capabilities` and
        # `virsh domcapabilities` as NAME.capabilities.xml and NAME.domcapabilities.xml.
        #hosts: [hosts/*.xml]

        # What <cpu> should be: host-model-only (the nearest model that all hosts fully support), host-model,
        # host-passthrough, maximum, baseline, x86-64-v2 (or -v3, -v4: the smallest model with this level that all hosts
        # start), pin, hv-default, keep, the name of a model, or
        # {model: Skylake-Server-IBRS, features: {pcid: require, hle: disable}}.
        default: keep

        # Installed Windows guests, which a new CPU can make ask for activation: keep, pin or rewrite.
        windows: keep

        # Whether guests migrate between the hosts. Default: true if there are several hosts.
        #migration: true

        # The hosts between which guests migrate, by their names. Default: all hosts.
        #clusters: {rack-a: [hv01, hv02]}

        # The release of the hosts' libvirt, or the oldest of them. Default: the newest that virt-cpu knows.
        #libvirt: "9.0"

        # Severities of rules: error, warning, note or off. `virt-cpu explain` lists the rules.
        rules:
          host-passthrough: warning

        # Exceptions for some guests. The first entry that matches applies.
        guests: []
        #  - match: {name: "db-*", type: kvm, arch: x86_64, path: "lab/**"}
        #    hosts: [hv01, rack-a]
        #    default: host-passthrough
        #    rules: {host-passthrough: off}

        """
}
