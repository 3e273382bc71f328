import ArgumentParser
import Glibc
import SystemPackage

/// `virt-cpu init`: a policy to start from.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a commented starter policy, .virt-cpu.yaml, into the current directory.",
        discussion: "A policy that is there already is left alone. `-` prints it instead.")

    @Flag(name: .long, help: "Install git's pre-commit hook, too: a commit that breaks the policy is not made.")
    var hook = false

    @Argument(help: ArgumentHelp("Where: a file, or - for stdout.", valueName: "file"))
    var file = PolicyLookup.fileName

    func validate() throws {
        if hook && file == "-" { throw ValidationError("--hook is for a repository: - only prints") }
    }

    func run() throws {
        if file == "-" { return StandardOutput.write(Self.policy) }
        let preCommit = hook ? try GitRepository().hooks().appending("pre-commit") : nil
        if let preCommit {
            // Both or none: and a policy that is there already is what the hook is for.
            if Files.exists(preCommit) { throw IOFailure(printable(preCommit.string), EEXIST) }
            // Repositories made without git's templates have no directory for them.
            _ = preCommit.removingLastComponent().withPlatformString { mkdir($0, 0o777) }
        }
        if preCommit == nil || !Files.exists(FilePath(file)) {
            try write(Self.policy, to: FilePath(file), permissions: [.ownerReadWrite, .groupRead, .otherRead])
        }
        if let preCommit {
            try write(
                Self.preCommit, to: preCommit,
                permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
        }
        complain("see it at work: virt-cpu check")
    }

    /// Nothing that is there already is touched.
    private func write(_ text: String, to file: FilePath, permissions: FilePermissions) throws {
        do {
            let descriptor = try FileDescriptor.open(
                file, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions)
            try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        } catch let error as Errno {
            throw IOFailure(printable(file.string), error.rawValue)
        }
        complain("wrote \(printable(file.string))")
    }

    private static let preCommit = """
        #!/bin/sh
        # A commit that breaks the policy, or changes an installed Windows guest's CPU, is not made.
        exec virt-cpu hook pre-commit

        """

    /// Every key of a policy, with what it is without one.
    static let policy = """
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
