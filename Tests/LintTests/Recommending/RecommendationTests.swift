import CPUModel
import Hosts
import TestSupport
import Testing
import XMLTree

@testable import Lint

@Suite("Which CPU to choose for some hosts")
struct RecommendationTests {
    static func host(_ name: String, _ model: String, _ vendor: String = "Intel", _ features: [String] = []) -> Host {
        Host(
            name: name,
            cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: model, vendor: vendor, features: features.map { .init($0) }))
    }

    private static func answer(_ hosts: [Host], level: ISALevel? = nil) throws -> Recommendation {
        try StartCheck(hosts: hosts, knowledge: try CPUKnowledge().adding(namesOf: hosts)).recommendation(for: level)
    }

    private static func read(_ path: String) throws -> Host { try HostFiles.read([(path, Corpus.read(path))])[0] }

    /// The hosts of the examples, and those of libvirt's tests.
    private static func corpus() throws -> [Host] {
        var hosts = try Corpus.xmlFiles(in: "\(Corpus.repository)/Examples/hosts").map(read)
        guard let libvirt = Corpus.libvirt else { return hosts }
        hosts += try Corpus.xmlFiles(in: "\(libvirt)/tests/domaincapsdata")
            .filter { $0.contains("qemu_") && $0.contains(".x86_64") && !$0.contains("tcg") }.map(read)
        hosts += try Corpus.xmlFiles(in: "\(libvirt)/tests/cputestdata").filter { $0.contains("x86_64-cpuid-") && $0.hasSuffix("-host.xml") }
            .map { Host(name: String($0.split(separator: "/").last!), cpu: try CPUDefinition(try XMLElement(parsing: Corpus.read($0)))) }
        return hosts
    }

    /// What `check` finds in a guest with the CPU, on the hosts.
    private static func found(_ cpu: CPUDefinition, on hosts: [Host]) throws -> [Finding] {
        try judge(domain(cpu.xml), hosts: hosts).findings
    }

    /// The rules that must find nothing in any choice: that it starts, that it can be defined, and that it stays so.
    private static let always: Set = [
        "host-incompatible", "invalid-cpu", "duplicate-feature", "unknown-model", "unknown-feature", "unknown-vendor",
        "model-not-usable", "unsafe-feature", "hypervisor-default", "versioned-model",
    ]

    private static func expectGood(_ answer: Recommendation, _ hosts: [Host]) throws {
        for choice in answer.choices {
            let own = hosts.filter { choice.hosts.contains($0.name) }
            #expect(own.count == choice.hosts.count)
            let question = StartQuestion(cpu: choice.cpu, platform: DomainPlatform(architecture: "x86_64", virtType: "kvm"))
            let check = StartCheck(hosts: own, knowledge: try CPUKnowledge().adding(namesOf: own))
            for index in own.indices {
                #expect(check.verdict(on: question, host: index).answer == .starts, "\(choice.name) on \(own[index].name)")
            }
            // A host that gives nothing better gets a basic model.
            let isBasic = ["qemu64", "kvm64"].contains(choice.cpu.model) && choice.level.map { $0 < .v2 } ?? true
            let bad = try found(choice.cpu, on: own).filter { always.contains($0.rule) && !($0.rule == "hypervisor-default" && isBasic) }
            #expect(bad.isEmpty, "\(choice.name) on \(choice.hosts): \(bad.map(\.message))")
        }
    }

    @Test("Each host alone starts what is recommended for it, and check finds nothing wrong with that")
    func single() throws {
        var answered = 0
        for host in try Self.corpus() {
            let answer = try Self.answer([host])
            try Self.expectGood(answer, [host])
            if !answer.choices.isEmpty { answered += 1 }
        }
        #expect(answered >= (Corpus.libvirt == nil ? 2 : 50))
    }

    @Test("All hosts of any three start what is recommended for them")
    func several() throws {
        let hosts = try Self.corpus()
        var random = SplitMix64(seed: 5)
        var answered = 0
        for _ in 0..<(Corpus.libvirt == nil ? 1 : 60) {
            let some = hosts.count < 3 ? hosts : Array(hosts.shuffled(using: &random).prefix(3))
            let answer = try Self.answer(some)
            try Self.expectGood(answer, some)
            if answer.choices.contains(where: { $0.kind == .fastest }) { answered += 1 }
        }
        #expect(answered > (Corpus.libvirt == nil ? 0 : 20))
    }

    @Test("One line says what to do and what it costs")
    func headline() throws {
        let old = Self.host("old", "Haswell-noTSX-IBRS"), new = Self.host("new", "Skylake-Server-noTSX-IBRS")
        let both = try Self.answer([old, new])
        #expect(both.headline.wholeMatch(of: /Haswell-noTSX-IBRS probably runs on both hosts; \d+ % fewer features than new, the host with the most/) != nil, "\(both.headline)")
        #expect(try Self.answer([old]).headline == "Haswell-noTSX-IBRS probably runs on old, with all features that it offers")
        #expect(try Self.answer([old, old, new]).headline.contains("on all 3 hosts"))
    }

    @Test("The cost is what the host with the most offers and the guests do not get, and who lacks it")
    func cost() throws {
        let old = Self.host("old", "Haswell-noTSX-IBRS"), new = Self.host("new", "Skylake-Server-noTSX-IBRS")
        let cost = try #require(try Self.answer([new, old]).choices.first).cost
        #expect(cost.best == "new" && cost.heldBackBy.map(\.hosts) == [["old"]] && cost.leftOut.isEmpty)
        // Intel, SDM: what Skylake-SP has beyond Haswell.
        #expect(Set(cost.lost).isSuperset(of: ["avx512f", "rdseed", "adx", "smap", "xsavec"]))
        #expect(cost.heldBackBy[0].features == cost.lost)
        #expect(cost.percent == Int((Double(cost.lost.count) * 100 / Double(cost.offered)).rounded()))
    }

    @Test("The portable choice is the smallest model with x86-64-v3, or with what the guests need")
    func portable() throws {
        func model(_ level: ISALevel?, _ hosts: Host...) throws -> String? {
            let choice = try Self.answer(hosts, level: level).choices.first { $0.kind == .portable }
            #expect(choice?.cpu.features.isEmpty ?? false)
            return choice?.cpu.model
        }
        let new = Self.host("new", "Skylake-Server-noTSX-IBRS")
        #expect(try model(nil, new) == "Haswell-noTSX-IBRS")
        #expect(try model(.v2, new) == "Nehalem-IBRS")
        #expect(try model(.v4, new) == "Skylake-Server-noTSX-IBRS")
        #expect(try model(nil, new, Self.host("old", "SandyBridge")) == "Nehalem")
        #expect(try model(nil, Self.host("older", "Penryn")) == "Penryn", "no level beyond the first")
    }

    @Test("Each generation has a choice of its own, if there are several")
    func generations() throws {
        let hosts = [
            Self.host("a", "Haswell-noTSX-IBRS"), Self.host("b", "Skylake-Server-noTSX-IBRS"), Self.host("c", "Haswell-noTSX"),
        ]
        let own = try Self.answer(hosts).choices.filter { $0.kind == .generation }
        #expect(own.map(\.generation) == ["Haswell", "Skylake-Server"])
        #expect(own.map(\.hosts) == [["a", "c"], ["b"]])
        #expect(own[1].cpu.model == "Skylake-Server-noTSX-IBRS" && own[1].cost.lost.isEmpty)
        #expect(try Self.answer([hosts[0], hosts[2]]).choices.allSatisfy { $0.kind != .generation })
    }

    @Test("TSX and MPX are not recommended, although a host has them")
    func unsafe() throws {
        let answer = try Self.answer([Self.host("hv", "Skylake-Server-IBRS", "Intel", ["mpx"])])
        for choice in answer.choices {
            let seen = try #require(try CPUMap.builtIn.guestVisibleCPU(of: choice.cpu, under: .kvm)).features
            #expect((seen & CPUMap.builtIn.x86.bits(ofFeatures: ["hle", "rtm", "mpx"])).count == 0, "\(choice.name)")
        }
    }

    @Test("A host of unknown release starts the CPU with an older libvirt too: in libvirt 9.0, this model demands mpx")
    func olderLibvirt() throws {
        // Seen of libvirt 9.0.0: "Host CPU does not provide required features: mpx".
        let x86 = CPUMap.builtIn.x86
        let more = try #require(x86.model(named: "Cascadelake-Server-noTSX")).features - #require(x86.model(named: "Haswell-noTSX")).features
        var host = Self.host("hv", "Haswell-noTSX", "Intel", x86.featureNames(in: more))
        let answer = try Self.answer([host])
        #expect(answer.choices[0].cpu.features(.disable) == ["mpx"])
        host.libvirt = LibvirtVersion("9.0")
        try Self.expectGood(answer, [host])
        try Self.expectGood(try Self.answer([host]), [host])
        host.libvirt = LibvirtVersion("11.3")
        #expect(try Self.answer([host]).choices[0].cpu.features(.disable).isEmpty)
    }

    @Test("Hosts of two vendors: both are named, and a CPU without <vendor> starts on both")
    func vendors() throws {
        let hosts = [Self.host("i", "Skylake-Server-noTSX-IBRS"), Self.host("a", "EPYC-Rome", "AMD")]
        let answer = try Self.answer(hosts)
        #expect(answer.vendors == ["Intel", "AMD"])
        #expect(answer.choices.first?.kind == .fastest && answer.choices.allSatisfy { $0.cpu.vendor == nil })
        try Self.expectGood(answer, hosts)
    }

    @Test("Hosts of other architectures are left out by name, and none of x86 is an error; so is a host of which nothing is known")
    func others() throws {
        let arm = Host(name: "arm", cpu: CPUDefinition(kind: .host, architecture: "aarch64"))
        let answer = try Self.answer([arm, Self.host("hv", "EPYC", "AMD")])
        #expect(answer.others == ["arm"] && answer.hosts == ["hv"])
        #expect(throws: HostCPUError.self) { try Self.answer([arm]) }
        let blank = Host(name: "blank", cpu: CPUDefinition(kind: .host, architecture: "x86_64"))
        #expect(throws: HostCPUError.self) { try Self.answer([blank, Self.host("hv", "EPYC", "AMD")]) }
    }

    @Test("A host that starts no 64-bit model leaves no choice, and the line says so")
    func none() throws {
        let answer = try Self.answer([Self.host("old", "pentium3"), Self.host("hv", "EPYC", "AMD")])
        #expect(answer.choices.allSatisfy { $0.kind == .generation } && answer.headline.hasPrefix("no CPU runs on both hosts"))
    }

    @Test("For a guest: whether Windows would notice, and whether its system runs")
    func guests() throws {
        let hosts = [Self.host("hv", "Haswell-noTSX-IBRS")]
        let check = StartCheck(hosts: hosts)
        let answer = try check.recommendation(for: .v2)
        let portable = try #require(answer.choices.first { $0.kind == .portable })
        #expect(portable.cpu.model == "Nehalem-IBRS")
        func effect(_ xml: String) throws -> GuestEffect {
            var effects: [GuestEffect] = []
            try readDocuments(Array(xml.utf8)) { document in
                effects += document.domains.map { answer.effect(of: portable, on: Guest($0, in: document), check) }
            }
            return effects[0]
        }
        #expect(try effect(domain("<cpu mode='host-passthrough'/>", windows: true)).isNoticedByWindows)
        #expect(try !effect(domain(portable.cpu.xml, windows: true)).isNoticedByWindows)
        #expect(try !effect(domain("<cpu mode='host-passthrough'/>")).isNoticedByWindows, "no Windows")
        #expect(try effect(domain("<cpu mode='maximum'/>", type: "qemu")).exception != nil)
        let rhel10 = ExampleGuest.guest(osinfo: "http://redhat.com/rhel/10.0", cpu: "<cpu mode='host-model'/>").xml
        let shortage = try effect(rhel10).shortage
        #expect(shortage?.hasPrefix("needs x86-64-v3, and this CPU lacks fma, ") == true, "\(shortage ?? "nothing")")
        #expect(try effect(ExampleGuest.guest(osinfo: "http://redhat.com/rhel/9.0", cpu: "<cpu mode='host-model'/>").xml).shortage == nil)
    }
}
