import ArgumentParser
import DomainXML
import Hosts
import Lint

/// `virt-cpu diff OLD NEW`.
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what guests notice of a change: how the CPUs that they see differ between two files.",
        discussion: """
            Domains pair by UUID, else by name, else as the only one of each file. Exit status: 0 no guest sees \
            another CPU, 1 one does or may, 2 the work could not be done.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A host that runs the guests: what follows it is known then. Repeatable.", valueName: "spec"))
    var host: [String] = []

    @Option(name: .long, help: "text, or json (one array).")
    var format = Format.text

    @OptionGroup var libvirt: LibvirtOptions

    @OptionGroup var map: CPUMapOptions

    @Argument(help: ArgumentHelp("The earlier definition, or - for stdin.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("The present definition, or - for stdin.", valueName: "new"))
    var new: String

    func validate() throws {
        if old == "-" && new == "-" { throw ValidationError("only one of OLD and NEW can be stdin") }
    }

    func run() throws {
        let knowledge = try map.knowledge()
        let specs = HostArguments(knowledge: knowledge, timeout: libvirt.timeout)
        let hosts = StartCheck(hosts: try specs.withKnownModels(specs.hosts(for: host)), knowledge: knowledge)
        let comparison = DomainComparison(
            try RecordedDomains.read(old, hosts), try RecordedDomains.read(new, hosts), on: hosts)
        let output = StandardOutput()
        try output.write(format == .json ? comparison.json : comparison.text)
        try output.flush()
        if let failure = hosts.failures.first { throw failure }
        guard comparison.isAnswer else { throw IOFailure(message: "no domain of the one file is in the other") }
        if comparison.isChanged { throw ExitStatus.found }
    }
}

/// The domains of one file.
private enum RecordedDomains {
    static func read(_ path: String, _ hosts: StartCheck) throws -> [GuestRecord] {
        var records: [GuestRecord] = []
        let collector = GuestCollector(hostArchitecture: hosts.architecture) { records.append(GuestRecord($0)) }
        // A pipe is fine: diff <(git show HEAD:vm.xml) vm.xml.
        let definition = InputFile.file(Files.named(by: [path])[0])
        try definition.read(nil, with: DomainReader(), into: collector)
        guard !records.isEmpty else { throw IOFailure(message: "\(printable(definition.name)): no <domain> in it") }
        return records
    }
}

/// Two files' domains, paired and compared, in words.
private struct DomainComparison {
    private var pairs: [(old: GuestRecord, new: GuestRecord, change: GuestChange)] = []
    private var removed: [GuestRecord] = []
    private var added: [GuestRecord] = []

    /// A guest sees another CPU than before, or may.
    var isChanged: Bool { pairs.contains { !$0.change.isNone } }

    init(_ old: [GuestRecord], _ new: [GuestRecord], on hosts: StartCheck) {
        // One file each: the only one of the one is the only one of the other.
        let file = ""
        let pairing = GuestPairing(
            old: old.map { ($0, file) }, new: new.map { GuestPairing.Definition(GuestIdentity($0), file: file) })
        for guest in new {
            if let place = pairing.place(of: GuestIdentity(guest), file: file) {
                pairs.append((old[place], guest, GuestChange.between(old[place], guest, on: hosts)))
            } else {
                added.append(guest)
            }
        }
        removed = pairing.removed.map { old[$0] }
    }

    /// Some guest is in both.
    var isAnswer: Bool { !pairs.isEmpty }

    // MARK: text

    var text: String {
        pairs.map(text).joined() + added.map { "\(name($0)): only in the present version\n" }.joined()
            + removed.map { "\(name($0)): only in the earlier version\n" }.joined()
    }

    private func text(_ old: GuestRecord, _ new: GuestRecord, _ change: GuestChange) -> String {
        let was = old.name == new.name ? "" : " (earlier \(name(old)))"
        if change.isNone { return "\(name(new))\(was): no change that the guest can see\n" }
        let lines = change.items.map { ($0.aspect.rawValue, $0.value) } + change.doubts.map { ("not known", $0) }
        let width = lines.map(\.0.count).max() ?? 0
        var text = "\(name(new))\(was):\n"
        for (label, value) in lines {
            text += "  \(label)\(String(repeating: " ", count: width - label.count))  \(printable(value))\n"
        }
        if let evidence = new.windows ?? old.windows {
            text += "  Windows (\(printable(evidence))): a changed CPU can trigger reactivation\n"
        }
        return text
    }

    private func name(_ guest: GuestRecord) -> String { printable(guest.name ?? guest.uuid ?? "a domain without a name") }

    // MARK: JSON

    var json: String {
        var objects = pairs.map { old, new, change in
            let result = !change.items.isEmpty ? "changed" : change.doubts.isEmpty ? "unchanged" : "unknown"
            return object(new, result, earlier: old, change)
        }
        objects += added.map { object($0, "added", earlier: nil, GuestChange()) }
        objects += removed.map { object($0, "removed", earlier: $0, GuestChange()) }
        return "[\(objects.map(\.text).joined(separator: ",\n "))]\n"
    }

    private func object(
        _ guest: GuestRecord, _ result: String, earlier: GuestRecord?, _ change: GuestChange
    ) -> JSONObject {
        var object = JSONObject()
        object.add("name", guest.name)
        object.add("uuid", guest.uuid)
        object.add("earlierName", earlier?.name)
        object.add("windows", guest.windows ?? earlier?.windows)
        object.add("result", result)
        object.add("changes", change.items.map { item in
            var object = JSONObject()
            object.add("what", item.aspect.rawValue)
            object.add("old", item.features.isEmpty ? item.old : nil)
            object.add("new", item.features.isEmpty ? item.new : nil)
            object.add("features", item.features)
            return object
        })
        object.add("unknown", change.doubts)
        return object
    }
}
