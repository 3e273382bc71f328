import ArgumentParser
import Work

/// `virt-cpu kinds`: the hosts of a fleet, packed.
struct KindsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kinds",
        abstract: "Pack the descriptions of many hosts into one file, with equal hosts as one kind.",
        discussion: """
            Hosts of one kind give every guest the same answer. The output has a JSON object per line: one for each kind \
            with all that is known of its hosts, and one for each host with its kind. Every command takes the file as a \
            host, in place of the files that it was made from.

            A host that cannot be read gets a line with "error", and the exit status is then 2.
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("A file with a host and its cluster on each line, separated by a tab.", valueName: "file"),
        completion: .file())
    var clusters: String?

    @OptionGroup var others: NamedHostsOption
    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(
        help: ArgumentHelp("Hosts: files, directories or patterns (output of virsh capabilities and domcapabilities), local, libvirt URIs, or - for stdin.",
            valueName: "spec"),
        completion: .custom { _, _, word in CompletionWords.hosts(word) })
    var hosts: [String] = []

    func validate() throws {
        if hosts.isEmpty && others.named.isEmpty { throw ValidationError("name at least one host") }
    }

    func run() throws {
        try KindsJob(map.source, libvirt: map.libvirt, timeout: libvirt.timeout, clusters: clusters).run(hosts + others.named)
    }
}
