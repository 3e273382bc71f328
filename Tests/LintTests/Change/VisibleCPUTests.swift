import CPUModel
import Hosts
import TestSupport
import Testing

@testable import Lint

@Suite("What a guest sees of its CPU on given hosts")
struct VisibleCPUTests {
    private let platform = DomainPlatform(architecture: "x86_64", virtType: "qemu")

    private static func host(_ file: String) throws -> Host {
        let path = "\(Corpus.libvirt!)/tests/domaincapsdata/\(file)"
        return try #require(try HostFiles.read([(path, Corpus.read(path))]).first)
    }

    /// QEMU itself lists the features of each model that it cannot give (`unavailable-features`); libvirt calls them
    /// blockers. They are taken out of the capabilities, so that only host-model tells what the hypervisor can give. Two
    /// of the files have no blockers: there only the usable models are judged, which lack nothing.
    @Test("A guest lacks the blockers that the domain capabilities list for its model, and nothing else",
          .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"),
          arguments: [
            "qemu_8.2.0-tcg.x86_64.xml", "qemu_9.0.0-tcg.x86_64.xml", "qemu_9.1.0-tcg.x86_64.xml", "qemu_9.2.0-tcg.x86_64.xml",
            "qemu_4.2.0.x86_64.xml", "qemu_5.1.0.x86_64.xml", "qemu_7.0.0.x86_64.xml", "qemu_7.1.0.x86_64.xml", "qemu_7.2.0.x86_64.xml",
            "qemu_8.1.0.x86_64.xml", "qemu_9.1.0.x86_64.xml",
          ])
    func blockers(file: String) throws {
        var host = try Self.host(file)
        let x86 = CPUMap.builtIn.x86, none = StartCheck(hosts: [])
        let whole = try #require(host.domainCapabilities.first)
        host.domainCapabilities = [DomainCapabilities(platform: whole.platform, modes: whole.modes, hostModel: whole.hostModel)]
        let check = StartCheck(hosts: [host])
        let listed = whole.models.filter { x86.model(named: $0.name) != nil && ($0.usability == .yes || !$0.blockers.isEmpty) }
        let platform = DomainPlatform(architecture: "x86_64", virtType: whole.platform.virtType)
        var judged = 0, wrong: [String] = []
        for model in listed where QEMUModels.builtIn.model(named: model.name) != nil {
            let cpu = CPUDefinition(kind: .guest, model: model.name)
            let seen = try #require(check.visible(cpu, platform)), all = try #require(none.visible(cpu, platform))
            // QEMU does not list what it clears because a blocker is absent.
            let expected = x86.withoutOrphans(all.features - x86.bits(ofFeatures: model.blockers))
            judged += 1
            let names = x86.featureNames(in: seen.features - expected) + x86.featureNames(in: expected - seen.features)
            if !names.isEmpty { wrong.append("\(model.name): \(names.joined(separator: " "))") }
        }
        #expect(judged > (whole.withholdsBlockers ? 15 : 100))
        #expect(wrong == [])
    }

    /// The host-model that `virsh domcapabilities` of libvirt 9.0 with QEMU 7.2 showed for a KVM that gives little, in
    /// part.
    private func poorHost(libvirt: String = "9.0.0", blockers: [String] = []) -> Host {
        var host = Host("poor", model: "Broadwell-noTSX-IBRS", vendor: "Intel")
        host.libvirt = LibvirtVersion(libvirt)
        let given = ["vme", "ss", "x2apic", "tsc-deadline", "hypervisor", "arat", "tsc_adjust", "umip", "lahf_lm"]
        let hostModel = CPUDefinition(
            kind: .guest, model: "kvm64", vendor: "Intel", features: given.map { .init($0) } + [.init("pni", .disable)])
        host.domainCapabilities = [
            DomainCapabilities(
                platform: DomainPlatform(architecture: "x86_64", virtType: "kvm"), hostModel: hostModel,
                models: [.init(name: "Penryn", usability: .no, blockers: blockers)])
        ]
        return host
    }

    /// QEMU showed them in `filtered-features` of the guest that libvirt 9.0 started on that host with check='none'.
    @Test("Under KVM, a guest lacks what host-model lacks, and show says so")
    func withheldByKVM() throws {
        let record = try #require(try records(domain(cpu(model: "Penryn"))).first)
        let seen = GuestDescription(record, on: StartCheck(hosts: [poorHost()]))
        #expect(Set(seen.features).isDisjoint(with: ["pni", "ssse3", "sse4.1"]))
        #expect(seen.features.contains("lahf_lm") && seen.features.contains("x2apic"))
        let said = seen.facts.first { $0.label == "unavailable" }?.value
        #expect(said == "pni, sse4.1, ssse3 (the hypervisor of host poor cannot provide these)")
        let everything = GuestDescription(record, on: StartCheck(hosts: [Host("h", model: "Penryn", vendor: "Intel")]))
        #expect(everything.features.contains("pni") && !everything.facts.contains { $0.label == "unavailable" })
    }

    @Test("A feature that the host's libvirt has no name for is left out only if the hypervisor calls it a blocker", arguments: [
        ("9.0.0", [], true), ("9.0.0", ["fsrs"], false), ("12.9.0", [], false),
    ])
    func newerFeature(libvirt: String, blockers: [String], has: Bool) throws {
        let fsrs = CPUMap.builtIn.x86.bits(ofFeatures: ["fsrs"])
        #expect(CPUMap.builtIn(for: try #require(LibvirtVersion("9.0.0"))).x86.feature(named: "fsrs") == nil)
        let cpu = CPUDefinition(kind: .guest, model: "Penryn", features: [.init("fsrs")])
        let check = StartCheck(hosts: [poorHost(libvirt: libvirt, blockers: blockers)])
        let seen = try #require(check.visible(cpu, DomainPlatform(architecture: "x86_64", virtType: "kvm")))
        #expect(fsrs.isSubset(of: seen.features) == has)
    }

    /// A guest of libvirt 9.0 with QEMU 7.2 on pc-i440fx-2.12 had it: that libvirt does not disable it. libvirt 11.3 marks it
    /// as removed, and disables it.
    @Test("The host's libvirt decides about a feature that QEMU has removed", arguments: [
        ("9.0.0", "pc-i440fx-2.12", true), ("11.3.0", "pc-i440fx-2.12", false), (nil, "pc-i440fx-2.12", false), ("9.0.0", "pc", false),
    ])
    func removed(libvirt: String?, machine: String, has: Bool) throws {
        var host = Host("h", model: "Skylake-Server", vendor: "Intel")
        host.libvirt = libvirt.flatMap { LibvirtVersion($0) }
        let mpx = CPUMap.builtIn.x86.bits(ofFeatures: ["mpx"])
        let cpu = CPUDefinition(kind: .guest, model: "Skylake-Server")
        for type in ["kvm", "qemu"] {
            let platform = DomainPlatform(architecture: "x86_64", virtType: type, machine: machine)
            #expect(mpx.isSubset(of: try #require(StartCheck(hosts: [host]).visible(cpu, platform)).features) == has)
        }
        #expect(mpx.isDisjoint(with: try #require(StartCheck(hosts: []).visible(cpu, DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: machine))).features))
    }

    /// Guests with one thread, started by the three libvirts under emulation.
    @Test("Whether a guest that asks for ht or cmp_legacy gets it depends on libvirt and QEMU", arguments: [
        ("9.0.0", "pc-i440fx-7.2", []), ("11.3.0", "pc-i440fx-10.0", ["ht", "cmp_legacy"]), ("12.9.0", "pc-i440fx-11.1", []),
    ])
    func followingTopology(libvirt: String, machine: String, given: [String]) throws {
        var host = poorHost(libvirt: libvirt)
        var features: [CPUDefinition.Feature] = [.init("hypervisor")]
        if libvirt != "9.0.0" { features.append(.init("cmp_legacy")) }
        let platform = DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: machine)
        host.domainCapabilities = [
            DomainCapabilities(platform: platform, hostModel: CPUDefinition(kind: .guest, model: "EPYC", vendor: "AMD", features: features))
        ]
        let check = StartCheck(hosts: [host]), asking = DomainPlatform(architecture: "x86_64", virtType: "qemu", machine: "pc")
        for feature in ["ht", "cmp_legacy"] {
            let cpu = CPUDefinition(kind: .guest, model: "EPYC", features: [.init(feature)])
            let bits = CPUMap.builtIn.x86.bits(ofFeatures: [feature])
            #expect(bits.isSubset(of: try #require(check.visible(cpu, asking)).features) == given.contains(feature), "\(feature)")
        }
    }

    /// Guests of libvirt 11.3 and 12.9 on that host had them, although its processor is Intel's and its host-model lacks
    /// them.
    @Test("QEMU gives some features to every guest under KVM that asks for them", arguments: ["topoext", "overflow-recov", "succor"])
    func onRequest(feature: String) throws {
        let bits = CPUMap.builtIn.x86.bits(ofFeatures: [feature])
        let check = StartCheck(hosts: [poorHost(libvirt: "12.9.0")]), kvm = DomainPlatform(architecture: "x86_64", virtType: "kvm")
        let asking = CPUDefinition(kind: .guest, model: "Penryn", features: [.init(feature)])
        #expect(bits.isSubset(of: try #require(check.visible(asking, kvm)).features))
        let model = try #require(check.visible(CPUDefinition(kind: .guest, model: "EPYC-Genoa-v2"), kvm))
        #expect(bits.isSubset(of: model.features))
        #expect(CPUMap.builtIn.x86.bits(ofFeatures: ["sse4a", "misalignsse"]).isDisjoint(with: model.features))
    }

    /// libvirt 9.0 starts a guest with host-model on that host as kvm64 without pni, and QEMU shows the brand.
    @Test("show tells what host-model is on the hosts, if they agree and their domain capabilities are known")
    func hostModel() throws {
        let record = try #require(
            try records(domain("<cpu mode='host-model'><feature policy='disable' name='vme'/></cpu>")).first)
        let seen = GuestDescription(record, on: StartCheck(hosts: [poorHost()]))
        let facts = Dictionary(uniqueKeysWithValues: seen.facts.map { ($0.label, $0.value) })
        #expect(facts["CPU"] == "host-model (kvm64 on host poor)")
        #expect(facts["brand string"] == "Common KVM processor" && facts["vendor"] == "GenuineIntel")
        #expect(facts["unavailable"] == nil)
        #expect(Set(seen.features).isSuperset(of: ["cx16", "lm", "lahf_lm", "tsc_adjust", "umip"]))
        #expect(Set(seen.features).isDisjoint(with: ["pni", "vme"]))
        var other = poorHost()
        other.domainCapabilities = [DomainCapabilities(
            platform: other.domainCapabilities[0].platform, hostModel: CPUDefinition(kind: .guest, model: "Penryn", vendor: "Intel"))]
        let nowhere = GuestDescription(record, on: StartCheck(hosts: []))
        #expect(nowhere.features == ["-vme"] && nowhere.facts.first { $0.label == "CPU" }?.value == "host-model")
        // On hosts that differ, what both give, and what one gives besides.
        let unlike = GuestDescription(record, on: StartCheck(hosts: [poorHost(), other]))
        #expect(unlike.facts.first { $0.label == "CPU" }?.value == "host-model")
        #expect(unlike.facts.first { $0.label == "on poor" }?.value.hasPrefix("kvm64, there also ") == true, "\(unlike.facts)")
        #expect(Set(unlike.features).isSuperset(of: ["cx16", "lm"]) && Set(unlike.features).isDisjoint(with: ["pni", "umip", "ssse3", "vme"]))
        let processor = GuestDescription(record, on: StartCheck(hosts: [Host("h", model: "Penryn", vendor: "Intel")]))
        #expect(processor.facts.first { $0.label == "on h" }?.value == "probably Penryn")
        #expect(processor.facts.contains { $0.label == "features" && $0.value.contains("virsh domcapabilities") })
        #expect(processor.features.contains("ssse3"))
    }

    @Test("match='minimum' is what host-model is; host-passthrough has what the hypervisor offers, less what the guest disables")
    func followers() throws {
        let hosts = StartCheck(hosts: [poorHost()])
        func seen(_ cpu: String) throws -> GuestDescription { GuestDescription(try #require(try records(domain(cpu)).first), on: hosts) }
        let minimum = try seen("<cpu match='minimum'><model>486</model></cpu>")
        #expect(minimum.features == (try seen("<cpu mode='host-model'/>")).features)
        #expect(minimum.facts.first { $0.label == "on poor" }?.value == "kvm64")
        let passthrough = try seen("<cpu mode='host-passthrough'><feature policy='disable' name='umip'/></cpu>")
        #expect(Set(passthrough.features).isSuperset(of: ["cx16", "lm", "lahf_lm", "tsc_adjust", "hypervisor"]))
        #expect(Set(passthrough.features).isDisjoint(with: ["pni", "umip", "invtsc"]))
        var stable = poorHost()
        stable.domainCapabilities = [DomainCapabilities(
            platform: stable.domainCapabilities[0].platform,
            hostModel: CPUDefinition(kind: .guest, model: "Penryn", vendor: "Intel", features: [.init("invtsc")]))]
        for (migratable, has) in [("on", false), ("off", true)] {
            let record = try #require(try records(domain("<cpu mode='host-passthrough' migratable='\(migratable)'/>")).first)
            #expect(GuestDescription(record, on: StartCheck(hosts: [stable])).features.contains("invtsc") == has)
        }
    }

    @Test("Between a CPU that follows the host and another one, the features that change on the host are named")
    func followerChange() throws {
        let hosts = StartCheck(hosts: [poorHost()])
        func change(_ before: String, _ after: String) throws -> GuestChange {
            GuestChange.between(try #require(try records(domain(before)).first), try #require(try records(domain(after)).first), on: hosts)
        }
        func features(_ aspect: GuestChange.Aspect, _ change: GuestChange) -> [String] { change.items.first { $0.aspect == aspect }?.features ?? [] }
        let model = "<cpu><model>kvm64</model><feature policy='disable' name='pni'/></cpu>"
        let away = try change("<cpu mode='host-passthrough'/>", model), back = try change(model, "<cpu mode='host-passthrough'/>")
        #expect(away.doubts.isEmpty && features(.featuresLost, away).contains("umip") && features(.featuresGained, away).isEmpty)
        #expect(features(.featuresGained, back) == features(.featuresLost, away))
        let minimum = "<cpu match='minimum'><model>486</model></cpu>"
        #expect(try change(minimum, "<cpu mode='host-model'/>").isNone)
        #expect(try change(minimum, "<cpu match='minimum'><model>kvm64</model></cpu>").isNone)
        #expect(features(.featuresLost, try change(minimum, model)).contains("umip"))
        // Two hosts that give different features: which ones change depends on the host.
        var rich = poorHost()
        rich.name = "rich"
        rich.domainCapabilities = [DomainCapabilities(
            platform: rich.domainCapabilities[0].platform, hostModel: CPUDefinition(kind: .guest, model: "Penryn", vendor: "Intel"))]
        let both = GuestChange.between(
            try #require(try records(domain("<cpu mode='host-passthrough'/>")).first), try #require(try records(domain(model)).first),
            on: StartCheck(hosts: [poorHost(), rich]))
        #expect(both.doubts.contains { $0.hasPrefix("the features depend on the host: on poor it loses ") && $0.contains("on rich it loses") }, "\(both.doubts)")
    }

    @Test("A change of features that the hypervisor cannot give is no change")
    func unavailableChange() throws {
        let old = try #require(try records(domain(cpu(model: "Penryn"))).first)
        let new = try #require(try records(domain(cpu(model: "Penryn", "<feature policy='disable' name='ssse3'/>"))).first)
        #expect(GuestChange.between(old, new, on: StartCheck(hosts: [poorHost()])).isNone)
        #expect(!GuestChange.between(old, new, on: StartCheck(hosts: [])).isNone)
    }

    @Test("What only one of the hosts can emulate is not left out", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func severalHosts() throws {
        let avx = CPUMap.builtIn.x86.bits(ofFeatures: ["avx"])
        let haswell = CPUDefinition(kind: .guest, model: "Haswell")
        for (files, has) in [(["6.2.0"], false), (["9.2.0"], true), (["6.2.0", "9.2.0"], true)] {
            let check = StartCheck(hosts: try files.map { try Self.host("qemu_\($0)-tcg.x86_64.xml") })
            #expect(avx.isSubset(of: try #require(check.visible(haswell, platform)).features) == has, "\(files)")
        }
    }

    @Test("Optional features are not part of what the guest certainly sees")
    func optional() throws {
        let cpu = CPUDefinition(kind: .guest, model: "Haswell", features: [.init("avx", .optional)])
        let avx = CPUMap.builtIn.x86.bits(ofFeatures: ["avx"])
        for type in ["kvm", "qemu"] {
            let platform = DomainPlatform(architecture: "x86_64", virtType: type)
            #expect(try #require(StartCheck(hosts: []).visible(cpu, platform)).features.isDisjoint(with: avx))
        }
    }

    @Test("The host's vendor decides about cmp_legacy", arguments: [("AMD", true), ("Intel", false)])
    func vendor(_ vendor: String, has: Bool) throws {
        let guest = try #require(
            try records(domain(cpu(model: "EPYC", "<topology sockets='1' cores='2' threads='1'/>"))).first)
        let check = StartCheck(hosts: [Host("h", model: "EPYC", vendor: vendor)])
        let seen = try #require(check.visible(CPUDefinition(kind: .guest, model: "EPYC"), guest.platform, guest.topology))
        #expect(CPUMap.builtIn.x86.bits(ofFeatures: ["cmp_legacy"]).isSubset(of: seen.features) == has)
    }
}
