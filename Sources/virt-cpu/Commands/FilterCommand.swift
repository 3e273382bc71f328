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
            """)

    @OptionGroup var options: SettingsOptions

    func run() throws { try FilterJob(options.settings()).run() }
}
