import ArgumentParser
import Glibc
import SystemPackage

/// `virt-cpu init`: a policy to start from.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a commented starter policy, .virt-cpu.yaml, into the current directory.",
        discussion: "A policy that is there already is left alone. `-` prints it instead.")

    @Argument(help: ArgumentHelp("Where: a file, or - for stdout.", valueName: "file"))
    var file = PolicyLookup.fileName

    func run() throws {
        if file == "-" { return StandardOutput.write(Self.policy) }
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(file), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter { _ = try descriptor.writeAll(Self.policy.utf8) }
        } catch let error as Errno {
            throw IOFailure(printable(file), error.rawValue)
        }
        complain("wrote \(printable(file)); see it at work: virt-cpu check")
    }

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
