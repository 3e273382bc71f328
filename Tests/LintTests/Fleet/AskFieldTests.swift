import CPUModel
import DomainXML
import Hosts
import TestSupport
import Testing
import XMLTree

@testable import Lint

@Suite("Each part of an ask decides something, and nothing else does", .enabled(if: Corpus.libvirt != nil))
struct AskFieldTests {
    /// Two definitions that differ in one part, and hosts that tell them apart.
    struct Kept: CustomTestStringConvertible, Sendable {
        var field: String
        var old: String
        var new: String
        var hosts: @Sendable () throws -> [Host]
        /// Replaced in both definitions.
        var both: [(old: String, new: String)] = []

        var testDescription: String { field }

        var one: String { both.reduce(AskFieldTests.base) { $0.replacing($1.old, with: $1.new) } }
        var other: String { one.replacing(old, with: new) }
    }

    private static let base = """
        <domain type='kvm'><name>a</name><vcpu>4</vcpu><os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>
        <cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>Haswell</model><vendor>Intel</vendor>
        <topology sockets='1' cores='4' threads='1'/><feature policy='require' name='pcid'/></cpu>
        <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>
        """

    private static func processor(_ name: String) -> @Sendable () throws -> [Host] { { [try Machines.host(name)] } }

    /// A host whose hypervisor reports what libvirt's tests have of a QEMU.
    private static func hypervisor(_ name: String) -> @Sendable () throws -> [Host] {
        {
            let path = "\(Corpus.libvirt!)/tests/domaincapsdata/qemu_\(name).xml"
            var host = try HostFiles.read([(path, Corpus.read(path))])[0]
            host.libvirt = LibvirtVersion(major: 11, minor: 3)
            return [host]
        }
    }

    private static func widths(_ bits: Int...) -> @Sendable () throws -> [Host] {
        {
            try bits.map { bits in
                var host = try Machines.host("Xeon-Gold-6130", as: "hv\(bits)")
                host.physicalAddressBits = bits
                return host
            }
        }
    }

    private static let arm = Host(name: "arm", cpu: CPUDefinition(kind: .host, architecture: "aarch64", model: "cortex-a57"))

    private static let passthrough = [(old: "custom' match='exact", new: "host-passthrough"), ("<model fallback='forbid'>Haswell</model><vendor>Intel</vendor>", "")]
    private static let full = [
        (old: "check='partial'", new: "check='full'"), ("Haswell", "qemu64"), ("<vendor>Intel</vendor>", ""), ("pc-q35-9.2", "pc-q35-10.0"),
    ]

    static let kept = [
        Kept(field: "platform.virtType", old: "type='kvm'", new: "type='qemu'", hosts: processor("EPYC-7502-32-Core")),
        Kept(field: "platform.architecture", old: "arch='x86_64'", new: "arch='aarch64'", hosts: processor("Xeon-Gold-6130")),
        Kept(field: "platform.machine", old: "pc-q35-10.0", new: "microvm", hosts: hypervisor("10.0.0-q35.x86_64+amdsev"), both: full),
        Kept(field: "platform.emulator", old: "/usr/bin/", new: "/opt/", hosts: hypervisor("9.2.0.x86_64+amdsev")),
        // The emulator would tell the architecture, too.
        Kept(
            field: "statesArchitecture", old: " arch='x86_64'", new: "", hosts: { [arm] },
            both: [("<emulator>/usr/bin/qemu-system-x86_64</emulator>", "")]),
        Kept(
            field: "cpu.mode", old: "host-passthrough", new: "host-model", hosts: processor("Xeon-Gold-6130"),
            both: passthrough + [("pcid", "sse4a"), ("check='partial'", "")]),
        Kept(field: "cpu.match", old: "match='exact'", new: "match='strict'", hosts: processor("Xeon-Gold-6130")),
        Kept(field: "cpu.model", old: "Haswell", new: "EPYC", hosts: processor("Xeon-Gold-6130")),
        Kept(
            field: "cpu.fallback", old: "fallback='forbid'", new: "fallback='allow'", hosts: hypervisor("4.2.0.x86_64"),
            both: [("Haswell", "SapphireRapids"), ("check='partial'", "check='none'")]),
        Kept(
            field: "cpu.vendorID", old: "'forbid'", new: "'forbid' vendor_id='GenuineIntel'", hosts: hypervisor("10.0.0-q35.x86_64+amdsev"),
            both: full),
        Kept(field: "cpu.vendor", old: "<vendor>Intel", new: "<vendor>AMD", hosts: processor("Xeon-Gold-6130")),
        Kept(field: "cpu.features.name", old: "pcid", new: "sse4a", hosts: processor("Xeon-Gold-6130")),
        Kept(field: "cpu.features.policy", old: "policy='require'", new: "policy='forbid'", hosts: processor("Xeon-Gold-6130")),
        Kept(field: "check", old: "partial", new: "none", hosts: processor("EPYC-7502-32-Core")),
        Kept(
            field: "togglesDeprecatedFeatures", old: "mode='host-model'", new: "mode='host-model' deprecated_features='on'",
            hosts: hypervisor("9.2.0.x86_64+amdsev"), both: passthrough + [("host-passthrough", "host-model")]),
        Kept(
            field: "hasSeveralThreadsPerSocket", old: "sockets='1' cores='4'", new: "sockets='4' cores='1'",
            hosts: hypervisor("10.0.0-q35.x86_64+amdsev"), both: full),
        Kept(
            field: "addressWidth", old: "<topology", new: "<maxphysaddr mode='emulate' bits='40'/><topology", hosts: widths(46, 52), both: passthrough),
    ]

    /// Parts of a CPU that a guest's `<cpu>` cannot state.
    private static let ofHosts = ["cpu.kind", "cpu.architecture", "cpu.signature"]

    /// The parts of what a definition asks, and its ask.
    private static func read(_ definition: String) throws -> (fields: [String: [String]], ask: Ask) {
        var result: ([String: [String]], Ask)?
        try readDocuments(Array(definition.utf8)) { document in
            let guest = Guest(document.domains[0], in: document)
            guard let question = StartQuestion(guest), let ask = Ask(guest) else { return }
            result = (fields(of: question, statesArchitecture: guest.domain.arch != nil), ask)
        }
        return try #require(result)
    }

    private static func fields(of question: StartQuestion, statesArchitecture: Bool) -> [String: [String]] {
        var fields = storedValues(of: question)
        fields["statesArchitecture"] = ["\(statesArchitecture)"]
        return fields
    }

    /// Everything that a fleet is told about guests with an ask: where they start, and where they move to.
    private static func verdicts(_ ask: Ask, _ hosts: [Host]) throws -> [FleetVerdict] {
        var census = try FleetCensus(hosts: hosts)
        try census.add(ask)
        let judge = FleetJudge(census, CPUKnowledge())
        let kinds = census.kinds.indices
        return kinds.map { judge.start(0, on: $0) } + kinds.flatMap { from in kinds.map { judge.move(0, from: from, to: $0) } }
    }

    @Test("Two definitions that differ in one part have different asks and different verdicts", arguments: kept)
    func decides(_ kept: Kept) throws {
        let (one, other) = (try Self.read(kept.one), try Self.read(kept.other))
        #expect(differingPaths(one.fields, other.fields) == [kept.field])
        let hosts = try kept.hosts()
        #expect(try Self.verdicts(one.ask, hosts) != Self.verdicts(other.ask, hosts))
    }

    @Test("Each part that libvirt's definitions have is in the table of those that decide")
    func completeness() throws {
        var paths: Set<String> = [], values: [String: Set<String>] = [:]
        for kept in Self.kept { paths.formUnion(try Self.read(kept.other).fields.keys) }
        for file in Corpus.domains {
            try? readDocuments(file.bytes) { document in
                for domain in document.domains {
                    guard let question = StartQuestion(Guest(domain, in: document)) else { continue }
                    let fields = Self.fields(of: question, statesArchitecture: domain.arch != nil)
                    paths.formUnion(fields.keys)
                    for path in Self.ofHosts { values[path, default: []].formUnion(fields[path] ?? ["absent"]) }
                }
            }
        }
        // A guest without features has none of the features' parts.
        #expect(paths.subtracting(Self.ofHosts).subtracting(["cpu.features"]) == Set(Self.kept.map(\.field)))
        #expect(Self.ofHosts.allSatisfy { values[$0]?.count == 1 })
    }

    /// What an ask is made of, if nothing depends on the machine.
    private static let elements: XMLMutation.Kept = [
        "": ["type"], "os": [], "os/type": ["arch"], "devices": [], "devices/emulator": [], "cpu": ["mode", "match", "check", "deprecated_features"],
        "cpu/model": ["fallback", "vendor_id"], "cpu/vendor": [], "cpu/feature": ["name", "policy"], "cpu/maxphysaddr": ["mode", "bits", "limit"],
    ]
    /// What is added where the answer can depend on the machine and on the threads of a socket.
    private static let withMachine: XMLMutation.Kept = [
        "os/type": ["arch", "machine"], "vcpu": [], "cpu/topology": ["sockets", "dies", "clusters", "cores", "threads"],
    ]

    private static func question(_ definition: String) throws -> (question: StartQuestion, ask: Ask)? {
        var result: (StartQuestion, Ask)?
        try readDocuments(Array(definition.utf8)) { document in
            guard let domain = document.domains.first else { return }
            let guest = Guest(domain, in: document)
            if let question = StartQuestion(guest), let ask = Ask(guest) { result = (question, ask) }
        }
        return result
    }

    @Test("Whatever else a definition says changes neither its ask nor a verdict: libvirt's definitions on libvirt's machines")
    func leftOut() throws {
        let hosts = try AskTests.hosts()
        let check = StartCheck(hosts: hosts)
        var definitions = 0, changes = 0
        for (seed, file) in Corpus.domains.enumerated() {
            guard let root = try? XMLElement(parsing: file.bytes), root.name == "domain", let plain = try Self.question(root.xml) else { continue }
            let needsMachine = plain.question.withoutMachineOnX86.platform.machine != nil
            let kept = needsMachine ? Self.elements.merging(Self.withMachine) { $1 } : Self.elements
            var mutation = XMLMutation(keeping: kept, seed: UInt64(seed))
            let changed = try #require(try Self.question(mutation.changed(root).xml), "\(file)")
            #expect(changed.ask == plain.ask, "\(file)")
            for host in hosts.indices {
                #expect(check.verdict(on: changed.question, host: host) == check.verdict(on: plain.question, host: host), "\(file) on \(hosts[host].name)")
            }
            definitions += 1
            changes += mutation.changes
        }
        #expect(definitions > 800 && changes > 10 * definitions)
    }
}
