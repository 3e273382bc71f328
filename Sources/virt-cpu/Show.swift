import ArgumentParser
import DomainXML
import Glibc
import Hosts
import Lint
import SystemPackage

/// `virt-cpu show`: also git's textconv.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what guests see of their CPUs, a feature a line.",
        discussion: """
            With --with-source the file follows as it is: as a textconv of git's, `git diff` then speaks of features \
            and hides no other change. What is no domain definition is printed as it is.
            """)

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A host that runs the guests: what follows it is known then. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @OptionGroup var libvirt: LibvirtOptions

    @OptionGroup var map: CPUMapOptions

    @Flag(name: .long, help: "Print the file behind it, for git diff.")
    var withSource = false

    @Argument(help: ArgumentHelp("A file, or - for stdin.", valueName: "file"))
    var file = "-"

    func run() throws {
        let knowledge = try map.knowledge()
        let specs = HostArguments(knowledge: knowledge, timeout: libvirt.timeout)
        let hosts = StartCheck(hosts: try specs.withKnownModels(specs.hosts(for: host)), knowledge: knowledge)
        var definition = InputFile.file(Files.named(by: [file])[0])
        // Stdin is read once.
        if withSource { definition.content = .bytes(try definition.bytes(nil)) }
        let output = StandardOutput()
        let recorder = GuestCollector(hostArchitecture: hosts.architecture) { guest in
            let record = GuestRecord(guest)
            try output.write(text(record, GuestDescription(record, on: hosts)))
        }
        do {
            try definition.read(nil, with: DomainReader(), into: recorder)
        } catch {
            // git shows nothing at all of a file whose textconv fails, and a broken file has to be seen most of all.
            guard withSource else {
                try output.flush()
                throw error
            }
            try output.write("not shown: \(shown(error))\n")
        }
        if withSource, case .bytes(let bytes) = definition.content { try bytes.withUnsafeBytes { try output.write($0) } }
        try output.flush()
    }

    private func text(_ guest: GuestRecord, _ description: GuestDescription) -> String {
        let width = description.facts.map(\.label.count).max() ?? 0
        var text = "\(printable(guest.name ?? guest.uuid ?? "a domain without a name")):\n"
        for (label, value) in description.facts {
            text += "  \(label)\(String(repeating: " ", count: width - label.count))  \(printable(value))\n"
        }
        for feature in description.features { text += "  \(printable(feature))\n" }
        return text
    }
}
