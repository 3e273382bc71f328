import ArgumentParser
import CPUModel
import Hosts
import Reports
import Work

/// `virt-cpu baseline SPEC…`.
struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Compute one CPU that runs on all the hosts, as virsh cpu-baseline does.",
        discussion: """
            Features that libvirt's QEMU driver never gives to guests are left out, as libvirt does: \
            \(X86Map.ignoredByQEMUDriver.joined(separator: ", ")).

            If only the domain capabilities of a host are known, their host-model is used. The CPUs can also come from \
            domains and from <cpu> elements of guests, several of them in one file; - stands for standard input.

            The exit status is 1 if the hosts have no baseline, because their vendors or architectures differ or they \
            have nothing in common, and 2 if one of them cannot be judged.
            """)

    enum Format: String, JSONFormat, ExpressibleByArgument, CaseIterable { case xml, text, json, jsonLines = "json-lines" }

    @Flag(name: .long, help: "Leave out features that prevent migration.")
    var migratable = false

    @Flag(name: .long, help: "List every feature by name, including those of the model.")
    var expand = false

    @Option(name: .long, help: "Output format: xml (a <cpu> for guests), text, \(AnswerFormat.forPrograms).")
    var format = Format.xml

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @OptionGroup var others: NamedHostsOption

    @Argument(
        help: ArgumentHelp(
            "Hosts (files, directories, patterns, local, libvirt URIs), or files with CPUs.", valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var specs: [String] = []

    func validate() throws {
        if specs.isEmpty && others.named.isEmpty { throw ValidationError("name at least one host, or a file with CPUs") }
    }

    func run() throws {
        try Channels.standard.answer(format.json) { answer in
            do {
                let cpu = try HostQuestion(map.source, libvirt: map.libvirt, timeout: libvirt.timeout)
                    .baseline(of: specs + others.named, migratable: migratable, expand: expand)
                try answer.add(text: format == .xml ? cpu.xml : BaselineReport(cpu).text, [BaselineReport(cpu).json])
            } catch let none as NoBaseline {
                try answer.add(text: "", [BaselineReport.json(noneBecause: none.reason)])
                Channels.standard.complain(none.shown)
                throw ExitStatus.found
            }
        }
    }
}
