import ArgumentParser
import Work

/// `virt-cpu filter`: reads definitions from stdin and writes them to stdout.
struct FilterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter",
        abstract: "Read domain XML from stdin or a file, and write it to stdout with the policy's default <cpu>.",
        discussion: """
            The policy of a file is that of its directory. The file itself stays as it is: to change files, use check --fix.

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
    @OptionGroup var records: RecordOptions

    @Argument(help: ArgumentHelp("A file, or - for stdin.", valueName: "file"), completion: .file(extensions: ["xml"]))
    var file = "-"

    func validate() throws {
        if file != "-" && input.filename != nil {
            throw ValidationError("--stdin-filename names what is read from stdin: leave out \(file)")
        }
        if records.records != nil, !options.format.isText { throw ValidationError("--records prints an answer for each record: leave out --format") }
        if records.records != nil, file != "-" || input.filename != nil || shown.showPolicy {
            throw ValidationError("--records reads stdin, whose records are no files: leave out files, --stdin-filename and --show-policy")
        }
    }

    func run() throws {
        if let framing = records.records { return try records.judge(framing, options, .filter) }
        var settings = try options.settings()
        input.apply(to: &settings)
        let job = FilterJob(settings, of: file)
        try shown.showPolicy ? job.showPolicy() : job.run()
    }
}
