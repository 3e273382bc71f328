import ArgumentParser
import Work

/// `virt-cpu compare --host SPEC… FILE…`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare the CPUs of guests and hosts, as virsh cpu-compare does.",
        discussion: """
            The answer is identical, superset or incompatible, with the reason. It comes from libvirt's CPU map alone: \
            features that QEMU and KVM add or remove are not considered. If only the domain capabilities of a host are \
            known, guests are compared with its host-model, as virsh hypervisor-cpu-compare does.

            A guest that follows its host (host-model, host-passthrough, maximum) is judged as libvirt does when it \
            starts or migrates the guest: the answer says which CPU it would get on each host, or, with --from, \
            whether it can move to each host from the one on which it was started, and which features keep it from \
            that. A guest with match='minimum' follows its host too, but without --from it is compared by its model, \
            as virsh does.

            A directory stands for the *.xml files below it, as for check: host descriptions and other files without a \
            guest are passed over. If there are several files, each line begins with the file's name.

            With --table, the answer is whether each host starts each guest, as far as the CPU decides that: by libvirt's \
            rules and the hosts' domain capabilities, and also for guests without a model of their own.

            The exit status is 1 if a guest is incompatible with a host, and 2 if a file or host cannot be read. A \
            guest that cannot be judged is reported and does not change the exit status.
            """)

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "A host: a file, directory or pattern, local, or a libvirt URI. Repeatable. (Default: the hosts of each file's policy.)",
            valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var host: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The host on which guests that follow their host were started: the name of one of the hosts, or a host as "
                + "for --host.", valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var from: String?

    @Flag(name: .long, help: "Print a table of guests and hosts instead: which hosts start which guests, by libvirt's rules.")
    var table = false

    @Option(name: .long, help: AnswerFormat.help)
    var format = AnswerFormat.text

    @OptionGroup var policy: PolicyOptions
    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(
        help: ArgumentHelp(
            "Files with domains, <cpu> elements, capabilities or domain capabilities; directories; - is standard input.",
            valueName: "file"),
        completion: .file(extensions: ["xml"]))
    var files: [String]

    func validate() throws {
        if table && from != nil { throw ValidationError("--table says where guests start: leave out --from, which is about moves") }
    }

    func run() throws {
        try Channels.standard.answer(format.json) { answer in
            let question = try HostQuestion(map, libvirt, policy)
            if table { return try question.startTable(files, with: host, to: answer) }
            try question.compare(files, with: host, from: from, to: answer)
        }
    }
}
