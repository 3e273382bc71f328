import ArgumentParser
import Work

/// `virt-cpu filter`: reads definitions from stdin and writes them to stdout.
struct FilterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter",
        abstract: "Read domain XML from stdin and write it to stdout with the policy's default <cpu>.",
        discussion: """
            Findings go to stderr. A domain that still has a finding at or above --fail-on is withheld; the others are \
            written. No byte outside <cpu> changes.

            Without a default (--default, or a policy's), a guest that states no CPU gets host-model-only, and all \
            others keep theirs.

            To change a VM: virsh dumpxml --inactive --security-info VM | virt-cpu filter --default host-model | virsh \
            define /dev/stdin. Without --security-info, virsh leaves out the passwords of VNC and SPICE, and virsh \
            define would remove them from the VM.
            """)

    @OptionGroup var options: SettingsOptions

    @OptionGroup var shown: ShowPolicyOptions
    @OptionGroup var input: StandardInputOptions

    func run() throws {
        var settings = try options.settings()
        input.apply(to: &settings)
        let job = FilterJob(settings)
        try shown.showPolicy ? job.showPolicy() : job.run()
    }
}
