import ArgumentParser
import Lint
import Reports
import Work

/// `virt-cpu recommend HOST…`.
struct RecommendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recommend",
        abstract: "Recommend a CPU that runs on all the hosts.",
        discussion: """
            The first line is the answer. Then follow the choices, each with its x86-64 level, what it costs, and which \
            hosts hold it back: the fastest CPU that all hosts start, the most portable one (a model alone, which later \
            hosts are the most likely to start too), and one for each generation of processors, for guests that stay \
            there. All hosts start each of them, by the rules of their libvirt.

            With --guests, the answer also says which Windows guests would notice the new CPU, and whose operating \
            system needs more.

            The exit status is 1 if no CPU runs on all the hosts, and 2 if one of them cannot be judged.
            """)

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Files with the domains of the guests, or directories of them; - is standard input.", valueName: "file"),
        completion: .file(extensions: ["xml"]))
    var guests: [String] = []

    @Option(
        name: .long,
        help: "Write each CPU as libvirt's XML (libvirt), for a KubeVirt VM (kubevirt), nova.conf (openstack) or Terraform's libvirt provider 0.9 (terraform).")
    var output = CPUWords.libvirt

    @Option(name: .long, help: "Print only this choice, without explanations: fastest, portable or generation.")
    var choice: CPUChoice.Kind?

    @Option(name: .long, help: AnswerFormat.help)
    var format = AnswerFormat.text

    @OptionGroup var others: NamedHostsOption
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(
        help: ArgumentHelp(
            "Hosts: files, directories, patterns, local, libvirt URIs. (Default: the hosts of the policy.)", valueName: "host"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var hosts: [String] = []

    func validate() throws {
        if choice != nil, format != .text { throw ValidationError("--choice prints a CPU alone: leave out --format") }
    }

    func run() throws {
        try Channels.standard.answer(format.json) { answer in
            let report = try HostQuestion(map, libvirt, policy).recommendation(for: hosts + others.named, guests: guests, output)
            guard let choice else {
                try answer.add(prose: report.text, [report.json])
                if !report.hasAnswer { throw ExitStatus.found }
                return
            }
            if let absence = report.absence(of: choice) {
                Channels.standard.complain(absence)
                throw ExitStatus.found
            }
            try answer.add(text: report.words(of: choice), [])
        }
    }
}
