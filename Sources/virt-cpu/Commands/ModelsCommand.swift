import ArgumentParser
import Reports
import Work

/// `virt-cpu models [SPEC…]`.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the CPU models that libvirt knows, and whether each host can give them to guests.",
        discussion: """
            The models come from libvirt's CPU map: those of x86 and ppc64. With hosts, only those of x86 are listed, \
            and the hosts must be x86.

            If a host's domain capabilities are known, the answer is the hypervisor's own: usable, or unusable and \
            which features are missing; deprecated; or "not listed" if that QEMU or libvirt does not know the model. \
            For other hosts, the list shows which models the processor fully supports; features that QEMU and KVM add \
            or remove are not considered.
            """)

    @Option(name: .long, help: AnswerFormat.help)
    var format = AnswerFormat.text

    @OptionGroup var others: NamedHostsOption

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(
        help: ArgumentHelp("Hosts: files, directories, patterns, local, libvirt URIs.", valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var specs: [String] = []

    func run() throws {
        try Channels.standard.answer(format.json) { answer in
            let table = try HostQuestion(map.source, libvirt: map.libvirt, timeout: libvirt.timeout).models(on: specs + others.named)
            try answer.add(text: table.text, table.json)
        }
    }
}
