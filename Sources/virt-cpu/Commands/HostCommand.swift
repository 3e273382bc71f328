import ArgumentParser
import Reports
import Work

/// `virt-cpu host SPEC…`.
struct HostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host",
        abstract: "Show a host's nearest CPU model, its other features, and what its hypervisor offers to guests.",
        discussion: """
            A host is a file (the output of virsh capabilities and virsh domcapabilities, a host's <cpu>, or libvirt's \
            <cpudata>), a directory (the *.xml files directly in it), a pattern, `local`, a libvirt URI, or - for stdin.

            If the domain capabilities are known, the output also shows what host-model stands for, including features \
            that guests do not get because they would prevent migration; the width of physical addresses; the number \
            of usable models; deprecated models; and the oldest libvirt that could have written the file.

            With --why-not, the output says instead whether each host starts guests with a model, and what keeps it from \
            that. The exit status is then 1 if a host does not, or if that is not known; and 2 if a host does not answer.
            """)

    enum Format: String, JSONFormat, ExpressibleByArgument, CaseIterable { case text, json, jsonLines = "json-lines", xml }

    @Option(name: .long, help: "Output format: text, \(AnswerFormat.forPrograms), or xml (the <cpu> of each host).")
    var format = Format.text

    @Option(
        name: .long,
        help: ArgumentHelp("Say why the hosts do not start guests with this CPU model.", valueName: "model"),
        completion: .custom { _, _, _ in CompletionWords.models })
    var whyNot: String?

    @OptionGroup var others: NamedHostsOption
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(
        help: ArgumentHelp(
            "Hosts: files, directories, patterns, local, libvirt URIs. (Default: the hosts of the policy.)", valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var specs: [String] = []

    func validate() throws {
        if whyNot != nil, format == .xml { throw ValidationError("--why-not has no XML: use another --format") }
    }

    func run() throws {
        try Channels.standard.answer(format.json) { answer in
            let question = try HostQuestion(map, libvirt, policy), specs = self.specs + others.named
            if let whyNot {
                let table = try question.obstacles(to: whyNot, on: specs)
                try answer.add(prose: table.text, table.json)
                try answer.add(table.failures)
                if table.hasRefusal { throw ExitStatus.found }
            } else if format == .xml {
                let elements = try question.cpuElements(of: specs)
                try answer.add(text: elements, [])
            } else {
                let reports = try question.reports(on: specs)
                try answer.add(prose: reports.map(\.text).joined(separator: "\n"), reports.map(\.json))
            }
        }
    }
}
