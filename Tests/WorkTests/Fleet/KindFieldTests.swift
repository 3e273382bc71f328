import CPUModel
import DomainXML
import Hosts
import Lint
import Reports
import TestSupport
import Testing
import XMLTree

@testable import Work

@Suite("Each part of a kind decides something, and nothing else does", .enabled(if: Corpus.libvirt != nil))
struct KindFieldTests {
    /// A part of what is known of a host, and what tells hosts apart that differ in it alone.
    struct Kept: CustomTestStringConvertible, Sendable {
        var field: String
        var answer: Answer
        /// Applied to both hosts.
        var both: @Sendable (inout Host) -> Void = { _ in }
        var change: @Sendable (inout Host) -> Void

        var testDescription: String { field }
    }

    /// What somebody asks about a host.
    enum Answer: Sendable {
        /// Whether a guest starts, for its `<cpu>`.
        case start(String)
        /// Whether a running guest can move to the machine that both hosts are made of, and back.
        case move(String)
        /// What `check` finds in a definition with a `<cpu>`.
        case check(String)
        /// What `virt-cpu host` prints.
        case host
    }

    /// A machine of which everything is known: its processor, and a hypervisor with every part of domain capabilities.
    private static func base() throws -> Host {
        let data = "\(Corpus.libvirt!)/tests/cputestdata"
        let name = "x86_64-cpuid-Xeon-Gold-6130"
        var host = try HostFiles.read([("hv1.xml", Corpus.read("\(data)/\(name)-host.xml"))])[0]
        let hostModel = try CPUDefinition(XMLElement(parsing: Corpus.read("\(data)/\(name)-json.xml")))
        host.domainCapabilities = [
            DomainCapabilities(
                platform: DomainPlatform(architecture: "x86_64", virtType: "kvm", machine: "pc-q35-9.2", emulator: "/usr/bin/qemu-system-x86_64"),
                modes: [.custom: true, .hostModel: true, .hostPassthrough: true, .maximum: true], hostModel: hostModel,
                hostModelAddresses: DomainCapabilities.PhysicalAddresses(mode: .passthrough, limit: 46),
                hostPassthroughAddresses: DomainCapabilities.PhysicalAddresses(mode: .passthrough, limit: 46),
                models: [
                    DomainCapabilities.Model(name: "Skylake-Server-IBRS", usability: .yes, vendor: "Intel"),
                    DomainCapabilities.Model(name: "Cascadelake-Server", usability: .no, vendor: "Intel", blockers: ["avx512vnni"]),
                    DomainCapabilities.Model(name: "EPYC", usability: .yes, canonicalName: "EPYC-v1", vendor: "AMD"),
                ])
        ]
        host.guestSupport = [GuestSupport(architecture: "x86_64", canonicalMachines: ["q35": "pc-q35-9.2"])]
        host.libvirt = LibvirtVersion(major: 11, minor: 3)
        host.physicalAddressBits = 46
        return host
    }

    private static func model(_ name: String, _ rest: String = "", _ attributes: String = "") -> String {
        "<cpu mode='custom' match='exact'\(attributes)><model fallback='forbid'>\(name)</model>\(rest)</cpu>"
    }

    /// Changes the domain capabilities of a host.
    private static func hypervisor(_ change: @escaping @Sendable (inout DomainCapabilities) -> Void) -> @Sendable (inout Host) -> Void {
        { change(&$0.domainCapabilities[0]) }
    }

    /// Changes the first of a hypervisor's models with a name.
    private static func listed(_ name: String, _ change: @escaping @Sendable (inout DomainCapabilities.Model) -> Void) -> @Sendable (inout Host) -> Void {
        hypervisor { known in
            var models = known.models
            change(&models[models.firstIndex { $0.name == name }!])
            known = DomainCapabilities(
                platform: known.platform, modes: known.modes, hostModel: known.hostModel, hostModelAddresses: known.hostModelAddresses,
                hostPassthroughAddresses: known.hostPassthroughAddresses, models: models)
        }
    }

    private static let hostModel = "<cpu mode='host-model'/>"
    private static let passthrough = "<cpu mode='host-passthrough'/>"
    /// QEMU must be 10.1 or newer.
    private static let deprecatedFeatures = "<cpu mode='host-model' deprecated_features='on'/>"

    /// A `<cpu>` of a guest with an `<arch>`, which describes a host as well.
    private static let asGuest: @Sendable (inout Host) -> Void = { host in
        host.cpu!.kind = .guest
        host.cpu!.features = [CPUDefinition.Feature("sse4a")]
        host.domainCapabilities = []
    }
    /// Nothing but the names of vendors shows how old libvirt can be.
    private static let withOldLibvirt: @Sendable (inout Host) -> Void = { host in
        host.libvirt = nil
        for name in ["Skylake-Server-IBRS", "Cascadelake-Server"] { listed(name) { ($0.vendor, $0.blockers) = (nil, []) }(&host) }
        listed("EPYC") { $0.canonicalName = nil }(&host)
    }

    static let kept: [Kept] = [
        Kept(field: "libvirt.major", answer: .start(model("EPYC"))) { $0.libvirt!.major = 9 },
        Kept(field: "libvirt.minor", answer: .start(model("EPYC")), both: { $0.libvirt = LibvirtVersion(major: 10, minor: 2) }) { $0.libvirt!.minor = 1 },
        Kept(field: "libvirt.micro", answer: .start(model("ClearwaterForest"))) { $0.libvirt!.micro = 1 },
        Kept(
            field: "hasModelSpecificRegisters", answer: .start(model("Broadwell", "<feature name='split-lock-detect'/>")), both: { $0.domainCapabilities = [] }
        ) { $0.hasModelSpecificRegisters = false },
        Kept(field: "physicalAddressBits", answer: .move(passthrough)) { $0.physicalAddressBits = 48 },

        Kept(field: "cpu.architecture", answer: .start(model("Haswell"))) { $0.cpu!.architecture = "aarch64" },
        Kept(field: "cpu.model", answer: .start(model("Broadwell-noTSX")), both: { $0.domainCapabilities = [] }) { $0.cpu!.model = "Westmere" },
        Kept(field: "cpu.vendor", answer: .start(model("Broadwell", "<vendor>Intel</vendor>"))) { $0.cpu!.vendor = "AMD" },
        Kept(field: "cpu.signature.family", answer: .move(passthrough)) { $0.cpu!.signature!.family = 7 },
        Kept(field: "cpu.signature.model", answer: .move(passthrough)) { $0.cpu!.signature!.model = 86 },
        Kept(field: "cpu.signature.stepping", answer: .move(passthrough)) { $0.cpu!.signature!.stepping = 5 },
        Kept(
            field: "cpu.features.name", answer: .start(model("Haswell", "<feature name='sse4a'/>")),
            both: { ($0.domainCapabilities, $0.cpu!.features) = ([], [CPUDefinition.Feature("sse4a")]) }
        ) { $0.cpu!.features[0].name = "3dnow" },
        Kept(field: "cpu.features.policy", answer: .start(model("Haswell", "<feature name='sse4a'/>")), both: asGuest) { $0.cpu!.features[0].policy = .disable },
        Kept(field: "cpu.kind", answer: .host) { $0.cpu!.kind = .guest },
        Kept(field: "cpu.mode", answer: .host, both: asGuest) { $0.cpu!.mode = .hostModel },
        Kept(field: "cpu.match", answer: .host, both: asGuest) { $0.cpu!.match = .strict },
        Kept(field: "cpu.fallback", answer: .host, both: asGuest) { $0.cpu!.fallback = .forbid },

        Kept(
            field: "guestSupport.architecture", answer: .start(deprecatedFeatures), both: { $0.guestSupport[0].canonicalMachines = ["q35": "pc-q35-10.1"] }
        ) { $0.guestSupport[0].architecture = "i686" },
        Kept(field: "guestSupport.canonicalMachines", answer: .start(deprecatedFeatures)) { $0.guestSupport[0].canonicalMachines = ["q35": "pc-q35-10.1"] },

        Kept(field: "domainCapabilities.platform.architecture", answer: .start(hostModel), change: hypervisor { $0.platform.architecture = "i686" }),
        Kept(field: "domainCapabilities.platform.virtType", answer: .start(hostModel), change: hypervisor { $0.platform.virtType = "qemu" }),
        Kept(
            field: "domainCapabilities.platform.machine", answer: .start(deprecatedFeatures), both: { $0.guestSupport = [] },
            change: hypervisor { $0.platform.machine = "pc-q35-10.1" }),
        Kept(field: "domainCapabilities.platform.emulator", answer: .start(hostModel), change: hypervisor { $0.platform.emulator = "/opt/qemu" }),
        Kept(field: "domainCapabilities.modes", answer: .start(hostModel), change: hypervisor { $0.modes[.hostModel] = false }),

        Kept(field: "domainCapabilities.hostModel.model", answer: .move(hostModel), change: hypervisor { $0.hostModel!.model = "Westmere" }),
        Kept(field: "domainCapabilities.hostModel.fallback", answer: .host, change: hypervisor { $0.hostModel!.fallback = .allow }),
        Kept(field: "domainCapabilities.hostModel.vendor", answer: .host, change: hypervisor { $0.hostModel!.vendor = "AMD" }),
        Kept(
            field: "domainCapabilities.hostModel.features.name", answer: .start("<cpu mode='host-model'><feature name='sse4a'/></cpu>"),
            both: hypervisor { $0.hostModel!.features = [CPUDefinition.Feature("sse4a")] }, change: hypervisor { $0.hostModel!.features[0].name = "3dnow" }),
        Kept(
            field: "domainCapabilities.hostModel.features.policy", answer: .start("<cpu mode='host-model'><feature name='sse4a'/></cpu>"),
            both: hypervisor { $0.hostModel!.features = [CPUDefinition.Feature("sse4a")] }, change: hypervisor { $0.hostModel!.features[0].policy = .disable }),
        Kept(
            field: "domainCapabilities.hostModelAddresses.mode", answer: .host, change: hypervisor { $0.hostModelAddresses!.mode = .emulate }),
        Kept(field: "domainCapabilities.hostModelAddresses.bits", answer: .host, change: hypervisor { $0.hostModelAddresses!.bits = 40 }),
        Kept(field: "domainCapabilities.hostModelAddresses.limit", answer: .host, change: hypervisor { $0.hostModelAddresses!.limit = 40 }),
        Kept(
            field: "domainCapabilities.hostPassthroughAddresses.mode", answer: .host, both: hypervisor { $0.hostModelAddresses = nil },
            change: hypervisor { $0.hostPassthroughAddresses!.mode = .emulate }),
        Kept(
            field: "domainCapabilities.hostPassthroughAddresses.bits", answer: .host, both: hypervisor { $0.hostModelAddresses = nil },
            change: hypervisor { $0.hostPassthroughAddresses!.bits = 40 }),
        Kept(
            field: "domainCapabilities.hostPassthroughAddresses.limit", answer: .host, both: hypervisor { $0.hostModelAddresses = nil },
            change: hypervisor { $0.hostPassthroughAddresses!.limit = 40 }),

        Kept(field: "domainCapabilities.models.name", answer: .start(model("Skylake-Server-IBRS")), change: listed("Skylake-Server-IBRS") { $0.name = "Broadwell" }),
        Kept(field: "domainCapabilities.models.usability", answer: .start(model("Cascadelake-Server")), change: listed("Cascadelake-Server") { $0.usability = .yes }),
        Kept(field: "domainCapabilities.models.isDeprecated", answer: .check(model("Skylake-Server-IBRS")), change: listed("Skylake-Server-IBRS") { $0.isDeprecated = true }),
        Kept(
            field: "domainCapabilities.models.canonicalName", answer: .start(model("EPYC")), both: withOldLibvirt, change: listed("EPYC") { $0.canonicalName = "EPYC-v1" }),
        Kept(field: "domainCapabilities.models.vendor", answer: .host, both: withOldLibvirt, change: listed("EPYC") { $0.vendor = nil }),
        Kept(
            field: "domainCapabilities.models.blockers", answer: .check(model("Skylake-Server-IBRS")),
            both: listed("Skylake-Server-IBRS") { ($0.usability, $0.blockers) = (.no, ["hle"]) }, change: listed("Skylake-Server-IBRS") { $0.blockers = ["rtm"] }),
    ]

    /// Who a host is, how it was named, and what is asked of a libvirt alone: changes that make no other kind.
    static let leftOut: [String: @Sendable (inout Host) -> Void] = [
        "name": { $0.name = "hv2" }, "file": { $0.file = "hv2.xml" }, "uuid": { $0.uuid = "2" }, "kind": { $0.kind = "k" },
        "cluster": { $0.cluster = "c2" }, "scope": { $0.scope = .every },
        "guestSupport.virtTypes": { $0.guestSupport[0].virtTypes = ["qemu"] }, "guestSupport.emulators": { $0.guestSupport[0].emulators = ["/opt/qemu"] },
        "guestSupport.machines": { $0.guestSupport[0].machines = ["q35"] },
    ]

    /// Hosts with these are not packed, or the parts follow from others.
    private static let derived = ["connection", "cpuMap", "domainCapabilities.index"]

    /// The host as `virt-cpu kinds` packs it and others read it.
    private static func packed(_ host: Host) throws -> (kind: String, host: Host) {
        let kind = PackedHosts.kind(of: host)
        let text = "\(kind.line)\n{\"host\":\"hv1\",\"kind\":\"\(kind.key)\"}\n"
        return (kind.key, try PackedHosts.read(Array(text.utf8), file: "kinds").hosts[0])
    }

    private static func answer(_ answer: Answer, about host: Host) throws -> String {
        switch answer {
        case .start(let cpu):
            let emulator = "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>"
            return "\(StartCheck(hosts: [host]).verdict(on: try question(Definitions.guest(cpu, extra: emulator)), host: 0))"
        case .move(let cpu):
            var other = try base()
            other.name = "other"
            let check = MoveCheck(StartCheck(hosts: [host, other]))
            return try [(0, 1), (1, 0)].map { "\(check.verdict(on: try question(Definitions.guest(cpu)), from: $0, to: $1))" }.joined()
        case .check(let cpu):
            let policy = try Policy.parse(Array("default: keep".utf8), file: "policy", origin: .named, knownRules: Rule.all.map(\.id))
            let judge = Judge(policy: policy, hosts: [host], overrides: Overrides(), purpose: .check, rules: Rule.all)
            var findings: [String] = []
            try readDocuments(Array(Definitions.guest(cpu).utf8)) { findings += judge.judge($0).findings.map { JSONValue($0, in: "f").text } }
            return findings.joined()
        case .host:
            let report = HostReport(host, hypervisors: host.domainCapabilities, map: .builtIn)
            return report.json.text + report.text + (host.cpu?.xml ?? "")
        }
    }

    private static func question(_ definition: String) throws -> StartQuestion {
        var question: StartQuestion?
        try readDocuments(Array(definition.utf8)) { question = StartQuestion(Guest($0.domains[0], in: $0)) }
        return try #require(question)
    }

    @Test("Two hosts that differ in one part are of two kinds and get different answers", arguments: kept)
    func decides(_ kept: Kept) throws {
        var one = try Self.base()
        kept.both(&one)
        var other = one
        kept.change(&other)
        #expect(differingPaths(storedValues(of: one), storedValues(of: other)).filter { !Self.derived.contains($0) } == [kept.field])
        let (left, right) = (try Self.packed(one), try Self.packed(other))
        #expect(left.kind != right.kind)
        #expect(try Self.answer(kept.answer, about: left.host) != Self.answer(kept.answer, about: right.host))
    }

    @Test("What is left out makes no other kind", arguments: leftOut.keys.sorted())
    func identity(_ field: String) throws {
        let one = try Self.base()
        var other = one
        Self.leftOut[field]!(&other)
        #expect(differingPaths(storedValues(of: one), storedValues(of: other)) == [field])
        #expect(try Self.packed(one).kind == Self.packed(other).kind)
    }

    /// Parts that libvirt never states of hosts.
    private static let neverStated = ["kind", "architecture", "mode", "match", "vendorID", "signature"].map { "domainCapabilities.hostModel.\($0)" } + ["cpu.vendorID"]

    /// What libvirt's tests and the examples have of hosts.
    private static func files() -> [String] {
        let tests = "\(Corpus.libvirt!)/tests"
        return ["cputestdata", "domaincapsdata", "capabilityschemadata", "vircaps2xmldata"].flatMap { Corpus.xmlFiles(in: "\(tests)/\($0)") }
            + Corpus.xmlFiles(in: "\(Corpus.repository)/Examples/hosts")
    }

    @Test("Each part of libvirt's hosts is in the table of those that decide, or is left out")
    func completeness() throws {
        var paths: Set<String> = [], values: [String: Set<String>] = [:]
        var hosts = Self.files().compactMap { file in try? HostFiles.read([(file, Corpus.read(file))])[0] }
        #expect(hosts.count > 90)
        for host in hosts { for path in Self.neverStated { storedValues(of: host)[path].map { values[path, default: []].formUnion($0) } } }
        #expect(Self.neverStated.allSatisfy { values[$0]?.count == 1 })
        hosts.append(try Self.base())
        for host in hosts { paths.formUnion(storedValues(of: host).keys) }
        // Where nothing is known of a part, it has no parts of its own.
        let kept = Set(Self.kept.map(\.field))
        let decided = paths.filter { path in !kept.contains { $0.hasPrefix(path + ".") } }
        #expect(decided.subtracting(Self.leftOut.keys).subtracting(Self.derived).subtracting(Self.neverStated) == kept)
    }

    /// What is read of capabilities and of domain capabilities.
    private static let elements: [String: XMLMutation.Kept] = [
        "capabilities": [
            "": [], "host": [], "host/cpu": ["mode", "match"], "host/cpu/arch": [], "host/cpu/model": ["fallback", "vendor_id"], "host/cpu/vendor": [],
            "host/cpu/signature": ["family", "model", "stepping"], "host/cpu/feature": ["name", "policy"], "host/cpu/maxphysaddr": ["mode", "bits"],
            "guest": [], "guest/os_type": [], "guest/arch": ["name"], "guest/arch/machine": ["canonical"], "guest/arch/domain": [],
            "guest/arch/domain/machine": ["canonical"],
        ],
        "domainCapabilities": [
            "": [], "path": [], "domain": [], "machine": [], "arch": [], "cpu": [], "cpu/mode": ["name", "supported"],
            "cpu/mode/model": ["usable", "deprecated", "canonical", "vendor", "fallback", "vendor_id"], "cpu/mode/vendor": [],
            "cpu/mode/signature": ["family", "model", "stepping"], "cpu/mode/feature": ["name", "policy"], "cpu/mode/blockers": ["model"],
            "cpu/mode/blockers/feature": ["name"], "cpu/mode/maxphysaddr": ["mode", "bits", "limit"],
        ],
    ]

    @Test("Whatever else libvirt prints about a host changes neither its kind nor a verdict: libvirt's machines and definitions")
    func printed() throws {
        var questions: Set<StartQuestion> = []
        for file in Corpus.domains {
            try? readDocuments(file.bytes) { document in
                for domain in document.domains {
                    let guest = Guest(domain, in: document)
                    if Ask(guest) != nil, let question = StartQuestion(guest) { questions.insert(question) }
                }
            }
        }
        var files = 0, changes = 0
        for (seed, file) in Self.files().enumerated() {
            guard let root = try? XMLElement(parsing: Corpus.read(file)), let kept = Self.elements[root.name],
                let plain = try? HostFiles.read([(file, Array(root.xml.utf8))])[0]
            else { continue }
            var mutation = XMLMutation(keeping: kept, seed: UInt64(seed))
            let changed = try HostFiles.read([(file, Array(mutation.changed(root).xml.utf8))])[0]
            #expect(PackedHosts.kind(of: changed).key == PackedHosts.kind(of: plain).key, "\(file)")
            let check = StartCheck(hosts: [plain, changed])
            for question in questions {
                let verdicts = (check.verdict(on: question, host: 0), check.verdict(on: question, host: 1))
                #expect(verdicts.0.answer == verdicts.1.answer && verdicts.0.reasons == verdicts.1.reasons, "\(file)")
            }
            files += 1
            changes += mutation.changes
        }
        #expect(files > 40 && changes > 10 * files && questions.count > 100)
    }
}
