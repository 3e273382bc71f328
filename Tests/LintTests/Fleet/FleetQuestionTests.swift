import CPUModel
import DomainXML
import Hosts
import TestSupport
import Testing
import XMLTree

@testable import Lint

/// A fleet of real machines: two Skylakes of which one lost MPX by an update, a Haswell in another cluster, and an AMD host.
@Suite("Questions about a fleet", .enabled(if: Corpus.libvirt != nil))
struct FleetQuestionTests {
    private static func fleet() throws -> FleetCensus {
        func host(_ machine: String, _ name: String, _ cluster: String?) throws -> Host {
            var host = try Machines.host(machine, as: name)
            host.cluster = cluster
            return host
        }
        var updated = try HostChange("*:-mpx", CPUMap.builtIn.x86).changed(host("Xeon-Gold-6130", "sky2", "new"), CPUMap.builtIn)
        updated.name = "sky2"
        return try FleetCensus(hosts: [
            host("Xeon-Gold-6130", "sky1", "new"), updated, host("Xeon-E5-2630-v3", "has1", "old"), host("Xeon-E5-2630-v3", "has2", "old"),
            host("EPYC-7502-32-Core", "amd1", nil),
        ])
    }

    private static let skylake = "<cpu mode='custom'><model fallback='forbid'>Skylake-Server-IBRS</model></cpu>"
    private static let haswell = "<cpu mode='custom'><model fallback='forbid'>Haswell-noTSX</model></cpu>"
    private static let mpx = "<cpu mode='custom'><model fallback='forbid'>Haswell-noTSX</model><feature policy='require' name='mpx'/></cpu>"

    private static func judge(_ guests: [(cpu: String, host: String?, count: Int)], windows: Bool = false) throws -> FleetJudge {
        var census = try fleet()
        for (number, guest) in guests.enumerated() {
            var fact = FleetCensus.Fact()
            let ask = try ask(guest.cpu)
            try census.add(ask)
            (fact.ask, fact.host, fact.isWindows, fact.hasDevices) = (ask.key, guest.host, windows, number == 0)
            for index in 0..<guest.count {
                fact.id = "g\(number).\(index)"
                census.count(fact)
            }
        }
        return FleetJudge(census, CPUKnowledge())
    }

    private static func ask(_ cpu: String) throws -> Ask {
        var ask: Ask?
        try readDocuments(Array(Definitions.guest(cpu).utf8)) { ask = Ask(Guest($0.domains[0], in: $0)) }
        return try #require(ask)
    }

    @Test("Equal hosts are one kind; what an update took away makes another")
    func kinds() throws {
        let census = try Self.fleet()
        #expect(census.kinds.map(\.hosts) == [[0], [1], [2, 3], [4]])
        #expect(census.clusters == ["new", "old"])
    }

    @Test("The matrix: rows of the same answers are one, the staircase begins with what starts everywhere")
    func matrix() throws {
        let judge = try Self.judge([
            (Self.skylake, "sky1", 3), (Self.mpx, "sky2", 2), (Self.haswell, "has1", 5), ("<cpu mode='host-model'/>", "amd1", 1),
            ("<cpu mode='host-passthrough'/>", "has2", 1),
        ])
        let matrix = FleetMatrix(judge)
        func names(_ column: FleetMatrix.Column) -> [String] { column.hosts.map { judge.census.hosts[$0].name } }
        // AMD comes before Intel, and of Intel the host that starts the most first.
        #expect(matrix.columns.map(names) == [["amd1"], ["sky1"], ["sky2"], ["has1", "has2"]])
        let words = matrix.rows.map { $0.cells.map { "\($0.answer.rawValue.prefix(1))\($0.guests)" } }
        #expect(matrix.rows.map(\.guests) == [2, 5, 3, 2])
        // Both CPUs that follow their host start everywhere, a Haswell model on both generations of Intel. libvirt's newest map
        // has no MPX in Skylake-Server-IBRS.
        #expect(words == [["s1", "s0", "s0", "s1"], ["r0", "s0", "s0", "s5"], ["r0", "s3", "s0", "r0"], ["r0", "s0", "r2", "r0"]])
    }

    @Test("The states exclude each other, and their numbers add up to the guests")
    func states() throws {
        let judge = try Self.judge([
            (Self.mpx, "sky2", 2), (Self.mpx, "sky1", 4), (Self.haswell, "has1", 5), ("<cpu mode='host-model'/>", "amd1", 1), (Self.mpx, nil, 8),
            ("<cpu mode='custom'><model fallback='forbid'>Opteron_G5</model></cpu>", nil, 16),
        ])
        #expect(judge.states == [.refusedHere: 2, .cannotLeave: 4, .someHosts: 5 + 8, .everywhere: 1, .startsNowhere: 16])
        #expect(judge.states.values.reduce(0, +) == judge.census.guests)
    }

    @Test("Emptying a host: who stays, live and cold, within the cluster and in the fleet")
    func drain() throws {
        let judge = try Self.judge([(Self.mpx, "sky1", 4), (Self.haswell, "sky1", 2), ("<cpu mode='host-model'/>", "sky1", 1), (Self.haswell, "has1", 1)])
        let sky1 = FleetDrain.all(judge, isWithinCluster: true, of: [0])[0]
        #expect(sky1.guests == 7 && sky1.others == [1] && sky1.withDevices == 4)
        // The cold blocker lacks MPX; host-model starts there, but what runs has MPX.
        #expect(sky1.cold.map(\.guests.count) == [4])
        #expect(sky1.live.map(\.guests.count) == [4, 1])
        #expect(sky1.live[0].reasons.map(\.verdict.reasons.first?.features) == [["mpx"]] && sky1.live[0].guests.samples.count == 4)
        #expect(sky1.live[1].reasons.map(\.verdict.reasons.first?.features) == [["mpx"]])
        let fleet = FleetDrain.all(judge, isWithinCluster: false, of: [0])[0]
        #expect(fleet.others == [1, 2, 3, 4] && fleet.cold.map(\.guests.count) == [4])
        // A host in no cluster has the fleet.
        #expect(FleetDrain.all(judge, isWithinCluster: true, of: [4])[0].others == [0, 1, 2, 3])
        #expect(FleetDrain.all(judge, isWithinCluster: true, of: [2])[0].live.isEmpty)
    }

    @Test("Sets of hosts that exchange all their guests, and pairs that do so one way")
    func sets() throws {
        let judge = try Self.judge([(Self.haswell, "sky1", 1), (Self.haswell, "sky2", 1), (Self.skylake, "sky2", 1), (Self.haswell, "has1", 1)])
        let sets = FleetSets(judge)
        #expect(sets.sets.map(\.kinds) == [[0, 1], [2]])
        // The Haswell's guest moves to the Skylakes; one of theirs does not move there. The AMD host has no guests.
        #expect(sets.oneWay.map { [$0.from, $0.to] } == [[2, 1]] && sets.withoutGuests == [3])
    }

    /// What a processor shows, or what its hypervisor reports, as libvirt's tests have it.
    private static func view(_ machine: String, _ kind: String) throws -> Host {
        if kind == "host" { return try Machines.host(machine) }
        let path = "\(Corpus.libvirt!)/tests/cputestdata/x86_64-cpuid-\(machine)-json.xml"
        let hostModel = try CPUDefinition(XMLElement(parsing: Corpus.read(path)))
        let capabilities = DomainCapabilities(
            platform: DomainPlatform(architecture: "x86_64", virtType: "kvm"), modes: [.hostModel: true, .custom: true], hostModel: hostModel)
        return Host(name: machine, cpu: nil, domainCapabilities: [capabilities])
    }

    @Test("A change from one real machine to another, which differs by its microcode, gives that one's verdicts", arguments: [
        ("Core-i7-5600U-ibrs", "Core-i7-5600U", "host"), ("Core-i7-5600U", "Core-i7-5600U-ibrs", "host"),
        ("Core-i7-5600U-arat", "Core-i7-5600U", "json"), ("Core-i7-5600U", "Core-i7-5600U-arat", "json"),
    ])
    func changes(before: String, after: String, view: String) throws {
        // What differs, by libvirt's own files.
        let (had, has) = (try Machines.features(before, of: view), try Machines.features(after, of: view))
        let words = had.subtracting(has).sorted().map { "-\($0)" } + has.subtracting(had).sorted().map { "+\($0)" }
        #expect(!words.isEmpty)
        let changed = try HostChange("*:" + words.joined(separator: ","), CPUMap.builtIn.x86).changed(Self.view(before, view), CPUMap.builtIn)
        let check = StartCheck(hosts: [changed, try Self.view(after, view)])
        var compared = 0, refused = 0
        for model in CPUMap.builtIn.x86.models {
            for feature in ["pcid", "mpx", "spec-ctrl", "arat", "hle", "aes"] {
                let cpu = CPUDefinition(kind: .guest, model: model.name, features: [CPUDefinition.Feature(feature)])
                let question = StartQuestion(cpu: cpu, platform: DomainPlatform(architecture: "x86_64", virtType: "kvm"))
                let (one, other) = (check.verdict(on: question, host: 0), check.verdict(on: question, host: 1))
                #expect(one.answer == other.answer && one.reasons == other.reasons, "\(model.name) \(feature)")
                compared += 1
                if one.answer == .refuses { refused += 1 }
            }
        }
        #expect(compared > 500 && refused > 100 && refused < compared)
    }

    @Test("Two machines of libvirt's tests whose processors show the same are one kind")
    func sameKind() throws {
        let hosts = try ["Core-i7-5600U", "Core-i7-5600U-arat"].map { try Machines.host($0) }
        #expect(try FleetCensus(hosts: hosts).kinds.count == 1)
    }

    @Test("What if hosts leave: guests with none left, and with fewer")
    func whatIf() throws {
        let before = try Self.judge([(Self.mpx, "sky1", 4), (Self.haswell, "has1", 5)])
        var census = try FleetCensus(hosts: Array(Self.hosts(before).dropFirst()))
        for ask in before.census.asks { try census.add(ask) }
        let answer = FleetWhatIf(before, FleetJudge(census, CPUKnowledge()))
        #expect(answer.stranded.map { [$0.guests.count, $0.before, $0.after] } == [[4, 1, 0]])
        #expect(answer.fewer.map { [$0.guests.count, $0.before, $0.after] } == [[5, 4, 3]])
        #expect(answer.more.isEmpty && answer.refusedHere == 0)
    }

    private static func hosts(_ judge: FleetJudge) throws -> [Host] {
        judge.census.hosts.map { host in
            var one = judge.census.kinds[host.kind].host
            one.name = host.name
            return one
        }
    }

    @Test("What if a cluster leaves: its guests are counted, and those that no host of it takes")
    func leavingCluster() throws {
        let before = try Self.judge([(Self.haswell, "has1", 5), (Self.haswell, "has2", 3), (Self.mpx, "sky1", 4)])
        func answer(without names: [String]) throws -> FleetWhatIf {
            var census = try FleetCensus(hosts: Self.hosts(before).filter { !names.contains($0.name) })
            for ask in before.census.asks { try census.add(ask) }
            return FleetWhatIf(before, FleetJudge(census, CPUKnowledge()))
        }
        let both = try answer(without: ["has1", "has2"]), one = try answer(without: ["has1"])
        #expect(both.displaced == 8 && both.withoutCluster == 8 && both.stranded.isEmpty)
        #expect(one.displaced == 5 && one.withoutCluster == 0)
    }

    @Test("Where nobody can tell, drain says so, and a guest moves to no host of another architecture")
    func unknown() throws {
        var census = try FleetCensus(hosts: [
            Machines.host("Xeon-Gold-6130", as: "a"), Machines.host("Xeon-E5-2630-v3", as: "b"),
            Host(name: "arm", cpu: CPUDefinition(kind: .host, architecture: "aarch64", model: "cortex-a57")),
        ])
        for cpu in ["<cpu mode='custom'><model>NoSuchModel</model></cpu>", "<cpu mode='host-passthrough'/>"] {
            let ask = try Self.ask(cpu)
            try census.add(ask)
            var fact = FleetCensus.Fact()
            (fact.ask, fact.host) = (ask.key, "a")
            census.count(fact)
        }
        let judge = FleetJudge(census, CPUKnowledge())
        let drain = FleetDrain.all(judge, isWithinCluster: false, of: [0])[0]
        #expect(drain.cold.map(\.isUnknown) == [true])
        #expect(judge.move(1, from: 0, to: 2).reasons.map(\.code) == [.architecture] && judge.move(1, from: 0, to: 2).answer == .refuses)
    }

    @Test("A cluster of several architectures: the CPU is for its x86 hosts, and the others and their guests are counted")
    func mixedBaseline() throws {
        var hosts = [try Machines.host("Xeon-Gold-6130", as: "a"), Host(name: "arm", cpu: CPUDefinition(kind: .host, architecture: "aarch64", model: "cortex-a57"))]
        for index in hosts.indices { hosts[index].cluster = "c" }
        var census = try FleetCensus(hosts: hosts)
        var ask: Ask?
        try readDocuments(Array("<domain type='kvm'><os><type arch='aarch64'>hvm</type></os><cpu mode='host-passthrough'/></domain>".utf8)) { ask = Ask(Guest($0.domains[0], in: $0)) }
        try census.add(#require(ask))
        var fact = FleetCensus.Fact()
        (fact.ask, fact.host) = (ask?.key, "arm")
        census.count(fact)
        let answer = FleetBaseline.all(FleetJudge(census, CPUKnowledge()))[0]
        #expect(answer.others == [1] && answer.unconcerned == 1 && answer.noticing.count == 0 && answer.choice?.hosts == ["a"])
        let arm = FleetBaseline.all(FleetJudge(try FleetCensus(hosts: [hosts[1]]), CPUKnowledge()))[0]
        #expect(arm.choice == nil && arm.obstacle == "none of its hosts is x86, and CPUs of other architectures are not worked out")
    }

    @Test("A change names features that there are, and hosts by patterns")
    func changeErrors() throws {
        let x86 = CPUMap.builtIn.x86
        #expect(throws: FleetError("'hv*:-hlee': no CPU map has the feature 'hlee' (did you mean hle?)")) { try HostChange("hv*:-hlee", x86) }
        #expect(throws: FleetError("'hle': expected PATTERN:-FEATURE,+FEATURE, not 'hle'")) { try HostChange("hle", x86) }
        let change = try HostChange("hv1*:-hle,-rtm,+pcid", x86)
        #expect(change.removed == ["hle", "rtm"] && change.added == ["pcid"] && change.applies(to: "hv12") && !change.applies(to: "hv2"))
        #expect(try HostChange("-hle", x86).applies(to: "any"))
    }

    @Test("Answers are certain where both the processor and the hypervisor of the hosts are known", arguments: [false, true])
    func certainty(_ knowsHypervisors: Bool) throws {
        let hosts = try ["Xeon-Gold-6130", "Xeon-E5-2630-v3", "Xeon-E5-2650-v4"].map { machine in
            var host = try Machines.host(machine)
            if knowsHypervisors { host.domainCapabilities = try Self.view(machine, "json").domainCapabilities }
            return host
        }
        var census = try FleetCensus(hosts: hosts)
        for (cpu, host) in [("<cpu mode='host-model'/>", 0), (Self.haswell, 1), (Self.haswell, 2)] {
            let ask = try Self.ask(cpu)
            try census.add(ask)
            var fact = FleetCensus.Fact()
            (fact.id, fact.ask, fact.host, fact.isWindows) = ("g\(host)", ask.key, hosts[host].name, true)
            census.count(fact)
        }
        let judge = FleetJudge(census, CPUKnowledge())
        #expect(FleetDrain.all(judge, isWithinCluster: false, of: [0])[0].live.map(\.isCertain) == [knowsHypervisors])
        let sets = FleetSets(judge)
        #expect(sets.sets.map(\.kinds) == [[1, 2], [0]] && sets.sets.map(\.isCertain) == [knowsHypervisors, true])
        #expect(sets.oneWay.map(\.isCertain) == [knowsHypervisors, knowsHypervisors])
        let changes = FleetWindows.all(judge, isWithinCluster: false).flatMap(\.changes)
        #expect(!changes.isEmpty && changes.allSatisfy { $0.isCertain == knowsHypervisors })
    }

    @Test("Windows guests that follow their host, and what they would see elsewhere in the cluster")
    func windows() throws {
        let judge = try Self.judge([("<cpu mode='host-model'/>", "sky1", 3), (Self.haswell, "sky1", 2)], windows: true)
        let answers = FleetWindows.all(judge, isWithinCluster: true)
        #expect(answers.map(\.guests) == [3])
        #expect(answers[0].changes.map(\.to) == [[1]] && answers[0].changes[0].lost == ["mpx"] && answers[0].changes[0].gained == [])
        #expect(FleetWindows.all(judge, isWithinCluster: false)[0].changes.flatMap(\.to).sorted() == [1, 2, 3])
        #expect(FleetWindows.all(try Self.judge([("<cpu mode='host-model'/>", "sky1", 3)]), isWithinCluster: true).isEmpty)
    }

    @Test("A CPU for each cluster, that all its hosts start, and who would notice")
    func baseline() throws {
        let judge = try Self.judge([(Self.haswell, "has1", 2), (Self.mpx, "sky1", 4)])
        let answers = FleetBaseline.all(judge)
        #expect(answers.map(\.cluster) == ["new", "old", nil])
        for answer in answers {
            let choice = try #require(answer.choice)
            let question = StartQuestion(cpu: choice.cpu, platform: DomainPlatform(architecture: "x86_64", virtType: "kvm"))
            let check = StartCheck(hosts: try Self.hosts(judge))
            for host in answer.hosts { #expect(check.verdict(on: question, host: host).answer == .starts) }
        }
        // What is lost on the first Skylake is what the second lacks; unsafe features such as MPX are not counted.
        #expect(answers[0].noticing.count + answers[0].same == 4 && answers[1].noticing.count + answers[1].same == 2)
    }
}
