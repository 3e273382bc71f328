import LibvirtWords
import Lint
import Reports
import SystemPackage

/// `virt-cpu init`: writes a policy to start from, and git's hooks for commits and merges.
package enum StarterPolicy {
    /// Creates the files. Existing files are left alone.
    ///
    /// - Parameters:
    ///   - profile: the profile that the policy states; nil for none.
    ///   - installsHook: install the hooks too. An existing hook that does not run virt-cpu is then an error, but an
    ///     existing policy is not: the new hooks check by it.
    /// - Throws: `IOFailure` for a file that exists already or cannot be written.
    package static func write(
        to file: FilePath, profile: Profile? = nil, installsHook: Bool, _ channels: Channels = .standard
    ) throws {
        // Looked for first, so that either all files are created or none.
        let hooks = installsHook ? try CommitHooks(of: GitRepository()) : nil
        if let hooks, hooks.areInstalled, Files.exists(file) {
            return channels.complain(
                "nothing to do: \((hooks.files + [file]).map { printable($0.string) }.joined(separator: ", ")) exist already")
        }
        if hooks == nil || !Files.exists(file) {
            try create(file, text(profile), permissions: [.ownerReadWrite, .groupRead, .otherRead], channels)
        }
        try hooks?.install { file, script in
            try create(
                file, script, permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute], channels)
        }
        channels.complain("to try it, run: virt-cpu check")
    }

    private static func create(
        _ file: FilePath, _ text: String, permissions: FilePermissions, _ channels: Channels
    ) throws {
        try FileCreation.create(file, Array(text.utf8), permissions: permissions)
        channels.complain("wrote \(printable(file.string))")
    }

    /// The policy with a profile. Its keys that would override the profile are comments.
    package static func text(_ profile: Profile?) -> String {
        guard let profile else { return text }
        return text.replacingEach("#profile: workstation", with: "profile: \(profile.rawValue)")
            .replacingEach("\ndefault: keep", with: "\n#default: keep")
            .replacingEach("\n  host-passthrough: warning", with: "\n  #host-passthrough: warning")
    }

    /// Every key of a policy, commented, with its default.
    package static let text = InstalledSchema.modeline() + """
        # The CPU policy for the virtual machines in this repository; see virt-cpu.yaml(5).

        # A built-in policy below this one: workstation (one host, no migration), cluster (VMs migrate between hosts) or
        # kubevirt. Default: none. `virt-cpu check --show-policy` prints what applies, and where it comes from.
        #profile: workstation

        # Another policy below this one, whose values apply where this one states none.
        #extends: ../base.yaml

        # The hosts that must be able to run them. On each host, save the output of `virsh capabilities` and
        # `virsh domcapabilities` as NAME.capabilities.xml and NAME.domcapabilities.xml.
        #hosts: [hosts/*.xml]

        # What <cpu> should be: host-model-only (the nearest model that all hosts fully support, with the protections that
        # they offer), host-model, host-passthrough, maximum, baseline, x86-64-v2 (or -v3, -v4: the smallest model with this level that all hosts
        # start), pin, hv-default, keep, the name of a model, or
        # {model: Skylake-Server-IBRS, features: {pcid: require, hle: disable}}.
        default: keep

        # Installed Windows guests, which a new CPU can make ask for activation: keep, pin, pin-anyway or rewrite.
        windows: keep

        # Whether guests migrate between the hosts. Default: true if there are several hosts.
        #migration: true

        # The hosts between which guests migrate, by their names. Default: all hosts.
        #clusters: {rack-a: [hv01, hv02]}

        # The release of the hosts' libvirt, or the oldest of them. Default: the newest that virt-cpu knows.
        #libvirt: "9.0"

        # Definitions that are not checked unless somebody names them: patterns as in a .gitignore file.
        #exclude: [archive/, "*.old.xml"]

        # Definitions whose names are not *.xml: patterns as in a .gitignore file.
        #include: ["*.domain"]

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
