import ArgumentParser
import Work

/// `virt-cpu filter`: stdin to stdout.
struct FilterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter",
        abstract: "Read domain XML from stdin, rewrite <cpu> to the policy's default, write it to stdout.",
        discussion: """
            Findings go to stderr. A domain that still has a finding at or above --fail-on is not written; the others \
            are. No byte outside <cpu> changes.
            """)

    @OptionGroup var options: SettingsOptions

    func run() throws { try FilterJob(options.settings()).run() }
}
