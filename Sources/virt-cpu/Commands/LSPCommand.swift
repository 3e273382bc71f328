import ArgumentParser
import LanguageServer
import Work

/// `virt-cpu lsp`: a language server for editors.
struct LSPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsp",
        abstract: "Serve an editor: a language server (LSP 3.17) on stdin and stdout.",
        discussion: """
            Definitions get the findings of `check` as one types, with quick fixes, and policies their mistakes. Names of \
            CPU models and features are explained and completed.

            Exit status: 0 after the requests shutdown and exit, else 1.
            """)

    @OptionGroup var policy: PolicyOptions

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A host that must run the guests, as for check. Repeatable.", valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var host: [String] = []

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    /// Editors add it to servers that speak over stdin and stdout; it changes nothing.
    @Flag(name: .long, help: .hidden)
    var stdio = false

    func run() throws {
        var settings = Settings()
        settings.policyFile = policy.config
        settings.ignoresPolicies = policy.noConfig
        settings.hosts = host
        settings.cpuMap = map.source
        settings.libvirt = map.libvirt
        settings.timeout = libvirt.timeout
        if try ServerLoop.serve(settings) != 0 { throw ExitStatus.found }
    }
}
