import Glibc
import Reports
import SystemPackage

/// `virt-cpu init`: writes a policy to start from, and git's pre-commit hook.
package enum StarterPolicy {
    /// Creates the files. Existing files are left alone.
    ///
    /// - Parameter installsHook: install the hook too. An existing hook is an error; an existing policy then is none, since the
    ///   hook is for that.
    /// - Throws: `IOFailure` for a file that exists already or cannot be written.
    package static func write(to file: FilePath, installsHook: Bool, _ channels: Channels = .standard) throws {
        let preCommit = installsHook ? try GitRepository().hooks().appending("pre-commit") : nil
        if let preCommit {
            // Both files or none.
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
        channels.complain("see it at work: virt-cpu check")
    }

    private static func create(
        _ file: FilePath, _ text: String, permissions: FilePermissions, _ channels: Channels
    ) throws {
        do {
            let descriptor = try FileDescriptor.open(
                file, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
            try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        } catch let error as Errno {
            throw IOFailure(printable(file.string), error.rawValue)
        }
        channels.complain("wrote \(printable(file.string))")
    }

    private static let preCommitScript = """
        #!/bin/sh
        # A commit that breaks the policy, or changes an installed Windows guest's CPU, is not made.
        exec virt-cpu hook pre-commit

        """

    /// Every key of a policy, commented, with its default.
    package static let text = """
        # What the CPUs of this repository's virtual machines should be: virt-cpu.yaml(5).

        # The hosts that must run them: outputs of `virsh capabilities` and `virsh domcapabilities`, saved on each
        # host as NAME.capabilities.xml and NAME.domcapabilities.xml.
        #hosts: [hosts/*.xml]

        # What <cpu> should be: host-model-only (the nearest model that is complete on every host), host-model,
        # host-passthrough, maximum, baseline, pin, hv-default, keep, a model's name, or
        # {model: Skylake-Server-IBRS, features: {pcid: require, hle: disable}}.
        default: keep

        # A new CPU can make an installed Windows ask to be activated again: keep, pin or rewrite.
        windows: keep

        # Guests migrate between the hosts. Without a word: where there are several.
        #migration: true

        # The oldest libvirt that reads these definitions. Without a word: what the hosts' files show.
        #libvirt: "9.0"

        # How bad a finding is: error, warning, note or off. `virt-cpu explain` lists the rules.
        rules:
          host-passthrough: warning

        # What holds for some guests only. The first entry that matches wins.
        guests: []
        #  - match: {name: "db-*", type: kvm, arch: x86_64, path: "lab/**"}
        #    default: host-passthrough
        #    rules: {host-passthrough: off}

        """
}
