import CPUModel
import Hosts
import TestSupport
import Testing

@testable import Lint

@Suite("Moves of guests that follow their host")
struct MoveCheckTests {
    private static let platform = DomainPlatform(architecture: "x86_64", virtType: "kvm")

    static func question(_ mode: CPUMode, _ features: [CPUDefinition.Feature] = []) -> StartQuestion {
        var cpu = CPUDefinition(kind: .guest, features: features)
        cpu.mode = mode
        return StartQuestion(cpu: cpu, platform: platform)
    }

    private func names(_ verdict: MoveVerdict) -> Set<String> {
        var names: Set<String> = []
        for case .lacks(let features) in verdict.obstacles { names.formUnion(features) }
        return names
    }

    private static let machines = [
        "Xeon-E5-2630-v3", "Xeon-E5-2650-v4", "Xeon-Gold-6130", "Xeon-Platinum-8268", "Ice-Lake-Server", "Core-i7-2600",
        "Xeon-W3520", "EPYC-7601-32-Core-ibpb", "EPYC-7502-32-Core", "Opteron-6282", "Opteron-2350",
    ]

    @Test(
        "On real machines, a host-model guest lacks what libvirt's files list for its host and not for the other",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func realMachines() throws {
        // KVM gives these whatever the processor has, or derives them from another name of the same control, or only
        // model-specific registers show them, which the files of processors lack.
        let givenAnyway: Set<String> = [
            "hypervisor", "x2apic", "tsc-deadline", "tsc_adjust", "umip", "arch-capabilities", "spec-ctrl", "stibp", "ssbd",
            "ibpb", "ibrs", "amd-stibp", "amd-ssbd", "virt-ssbd", "acpi", "monitor", "osxsave", "arat",
            "rdctl-no", "ibrs-all", "skip-l1dfl-vmentry", "mds-no", "pschange-mc-no", "taa-no", "tsx-ctrl",
        ]
        // libvirt's files of guests come from its CPU map alone. No guest under KVM has these, whatever its host is: for Intel PT,
        // see pt_mode in Linux, arch/x86/kvm/vmx/vmx.c, and commit aa0d42cacf09.
        let givenToNobody: Set<String> = ["cmt", "mbm_total", "mbm_local", "ospke", "dca", "smx", "ibs", "skinit", "wdt", "intel-pt"]
        var blocked = 0, moved = 0
        for origin in Self.machines {
            for there in Self.machines where there != origin {
                let check = MoveCheck(StartCheck(hosts: [try Machines.host(origin), try Machines.host(there)], libvirt: LibvirtVersion(major: 11, minor: 3)))
                let verdict = check.verdict(on: Self.question(.hostModel), from: 0, to: 1)
                let words = "\(origin) to \(there)"
                if case .otherVendor? = verdict.obstacles.first {
                    let areAMD = [origin, there].map { $0.hasPrefix("EPYC") || $0.hasPrefix("Opteron") }
                    #expect(areAMD[0] != areAMD[1], "\(words)")
                    continue
                }
                let expected = try Machines.features(origin, of: "guest").subtracting(Machines.features(there, of: "host"))
                let found = names(verdict)
                #expect(found.isSubset(of: expected), "\(words): \(found.subtracting(expected).sorted())")
                let rest = expected.subtracting(found).subtracting(givenAnyway).subtracting(givenToNobody).filter { !$0.hasPrefix("vmx-") }
                #expect(rest.isEmpty, "\(words): \(rest.sorted())")
                #expect((verdict.answer == .fails) == !found.isEmpty, "\(words)")
                if found.isEmpty { moved += 1 } else { blocked += 1 }
            }
        }
        #expect(blocked >= 20)
        #expect(moved >= 10)
    }

    @Test(
        "From a Skylake to a Haswell, a guest with host-model loses AVX-512 among others; the other way it can move",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func skylakeToHaswell() throws {
        let check = MoveCheck(StartCheck(hosts: [try Machines.host("Xeon-Gold-6130"), try Machines.host("Xeon-E5-2630-v3")], libvirt: LibvirtVersion(major: 11, minor: 3)))
        let away = check.verdict(on: Self.question(.hostModel), from: 0, to: 1)
        #expect(away.answer == .fails)
        #expect(names(away).isSuperset(of: ["avx512f", "avx512dq", "clflushopt", "xsavec", "xgetbv1", "rdseed", "adx", "smap"]))
        // Only the processors are known.
        #expect(!away.isCertain)
        #expect(check.verdict(on: Self.question(.hostModel), from: 1, to: 0).answer == .moves)
        // A feature that the guest disables keeps it nowhere; match='minimum' is the host's model too.
        let off = names(away).map { CPUDefinition.Feature($0, .disable) }
        #expect(check.verdict(on: Self.question(.hostModel, off), from: 0, to: 1).answer == .moves)
        var minimum = CPUDefinition(kind: .guest, model: "Haswell-noTSX")
        minimum.match = .minimum
        #expect(names(check.verdict(on: StartQuestion(cpu: minimum, platform: Self.platform), from: 0, to: 1)) == names(away))
    }

    @Test(
        "host-passthrough loses what the other processor lacks, and a processor with another signature is another one",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func passthrough() throws {
        var twin = try Machines.host("Xeon-Gold-6130", as: "twin")
        let skylake = try Machines.host("Xeon-Gold-6130"), haswell = try Machines.host("Xeon-E5-2630-v3")
        let rome = try Machines.host("EPYC-7502-32-Core")
        func verdict(_ a: Host, _ b: Host, _ mode: CPUMode = .hostPassthrough) -> MoveVerdict {
            MoveCheck(StartCheck(hosts: [a, b])).verdict(on: Self.question(mode), from: 0, to: 1)
        }
        #expect(names(verdict(skylake, haswell)).isSuperset(of: ["avx512f", "clflushopt"]))
        #expect(names(verdict(skylake, haswell, .maximum)).contains("avx512f"))
        #expect(verdict(haswell, rome).obstacles == [.otherVendor(now: "Intel", there: "AMD")])
        #expect(verdict(skylake, twin).answer == .moves)
        twin.cpu?.signature?.stepping += 3
        #expect(verdict(skylake, twin).obstacles == [.otherProcessor(now: skylake.cpu!.signature!, there: twin.cpu!.signature!)])
    }

    @Test(
        "host-passthrough moves between processors with addresses of one width, or if the guest has a width of its own",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func addressWidth() throws {
        var wide = try Machines.host("Xeon-Gold-6130"), narrow = try Machines.host("Xeon-Gold-6130", as: "narrow")
        (wide.physicalAddressBits, narrow.physicalAddressBits) = (46, 39)
        var question = Self.question(.hostPassthrough)
        func verdict() -> MoveVerdict { MoveCheck(StartCheck(hosts: [wide, narrow])).verdict(on: question, from: 0, to: 1) }
        #expect(verdict().obstacles == [.otherAddressWidth(now: 46, there: 39)])
        #expect(MoveCheck(StartCheck(hosts: [wide, narrow])).blockedMoves(of: question).map(\.destinations) == [["narrow"], ["Xeon-Gold-6130"]])
        question.addressWidth = 39
        #expect(verdict().answer == .moves)
        question.addressWidth = 40
        #expect(verdict().answer == .fails)
        question.addressWidth = nil
        narrow.physicalAddressBits = nil
        #expect(verdict().answer == .moves)
    }

    @Test("Equal domain capabilities do not make equal processors: with host-passthrough the move is not judged")
    func domainCapabilitiesAlone() {
        let known = DomainCapabilities(
            platform: Self.platform, modes: [.hostModel: true, .hostPassthrough: true],
            hostModel: CPUDefinition(kind: .guest, model: "EPYC-Rome", vendor: "AMD"), models: [])
        let check = MoveCheck(StartCheck(hosts: ["a", "b"].map { Host(name: $0, cpu: nil, domainCapabilities: [known]) }))
        #expect(check.canMoveAnywhere(Self.question(.hostModel)))
        #expect(!check.canMoveAnywhere(Self.question(.hostPassthrough)))
        let moves = check.unjudgedMoves(of: Self.question(.hostPassthrough))
        #expect(moves.map { "\($0.origins) \($0.destinations)" } == [#"["a"] ["b"]"#, #"["b"] ["a"]"#])
        #expect(moves.first?.why.contains("do not show its processor") == true)
    }

    @Test("A host whose host-model is known by its name only: moves from it are not judged, and that is said")
    func nameOnly() throws {
        func capabilities(_ model: String) -> String {
            """
            <domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-10.0</machine><arch>x86_64</arch>
            <cpu><mode name='host-model' supported='yes'><model fallback='forbid'>\(model)</model><vendor>AMD</vendor></mode>
            <mode name='custom' supported='yes'><model usable='yes'>\(model)</model><model usable='yes'>EPYC</model></mode></cpu></domainCapabilities>
            """
        }
        func check(_ models: String...) throws -> MoveCheck {
            let files = models.enumerated().map { ("\($0.offset).xml", Array(capabilities($0.element).utf8)) }
            let hosts = try HostFiles.read(files)
            return MoveCheck(StartCheck(hosts: hosts, knowledge: try CPUKnowledge().adding(namesOf: hosts)))
        }
        let unlike = try check("EPYC-Rome", "EPYC-Florence"), alike = try check("EPYC-Florence", "EPYC-Florence")
        #expect(unlike.unjudgedMoves(of: Self.question(.hostModel)).map(\.origins) == [["0"], ["1"]])
        #expect(unlike.unjudgedMoves(of: Self.question(.hostPassthrough)).map(\.origins) == [["0"], ["1"]])
        #expect(unlike.blockedMoves(of: Self.question(.hostPassthrough)).isEmpty)
        // On equal hosts it can move, whatever the model is.
        #expect(alike.canMoveAnywhere(Self.question(.hostModel)))
    }

    private static func host(_ name: String, _ features: String...) -> Host {
        Host(name, model: "Haswell-noTSX", vendor: "Intel", features: features)
    }

    @Test("Hosts with the same answer share an entry, as origins and as destinations")
    func grouped() {
        let hosts = [Self.host("a", "adx", "rdseed"), Self.host("b"), Self.host("c", "adx", "rdseed"), Self.host("d"), Self.host("e", "adx")]
        let moves = MoveCheck(StartCheck(hosts: hosts)).blockedMoves(of: Self.question(.hostModel))
        func lacks(_ names: String...) -> MoveVerdict { MoveVerdict(answer: .fails, isCertain: false, obstacles: [.lacks(names)]) }
        #expect(moves == [
            MoveGroup(origins: ["a", "c"], destinations: ["b", "d"], verdict: lacks("rdseed", "adx")),
            MoveGroup(origins: ["a", "c"], destinations: ["e"], verdict: lacks("rdseed")),
            MoveGroup(origins: ["e"], destinations: ["b", "d"], verdict: lacks("adx")),
        ])
    }

    @Test("Guests move inside a cluster only; a host in no cluster keeps its guests")
    func clusters() {
        let hosts = [Self.host("a", "adx"), Self.host("b"), Self.host("c", "adx"), Self.host("d")]
        func moves(_ clusters: [String]...) -> [String] {
            let clusters = clusters.map { HostCluster(name: "", hosts: $0.map { HostName($0) }) }
            return MoveCheck(StartCheck(hosts: hosts), clusters: clusters).blockedMoves(of: Self.question(.hostModel))
                .map { "\($0.origins) \($0.destinations)" }
        }
        #expect(moves() == [#"["a", "c"] ["b", "d"]"#])
        #expect(moves(["a", "c"], ["b", "d"]).isEmpty)
        #expect(moves(["a", "b"]) == [#"["a"] ["b"]"#])
        #expect(moves(["a", "b"], ["c", "d"]) == [#"["a"] ["b"]"#, #"["c"] ["d"]"#])
    }

    @Test("Equal hosts are judged once: a thousand hosts of two kinds are two to the check")
    func thousandHosts() {
        let hosts = (0..<1000).map { $0.isMultiple(of: 2) ? Self.host("h\($0)", "adx") : Self.host("h\($0)") }
        let check = MoveCheck(StartCheck(hosts: hosts))
        let moves = check.blockedMoves(of: Self.question(.hostModel))
        #expect(moves.count == 1)
        #expect(moves.first?.origins.count == 500)
        #expect(moves.first?.destinations.count == 500)
        #expect(Set(check.classes(for: Self.platform)) == [0, 1])
    }

    @Test("A host whose CPU is not known proves nothing: no move is reported, and none is promised")
    func unknown() {
        let check = MoveCheck(StartCheck(hosts: [Self.host("a", "adx"), Host(name: "b", cpu: nil)]))
        for mode in [CPUMode.hostModel, .hostPassthrough] {
            #expect(check.blockedMoves(of: Self.question(mode)).isEmpty)
            #expect(!check.canMoveAnywhere(Self.question(mode)))
        }
        let equal = MoveCheck(StartCheck(hosts: [Self.host("a"), Self.host("b")]))
        #expect(equal.canMoveAnywhere(Self.question(.hostModel)))
        #expect(equal.canMoveAnywhere(Self.question(.hostPassthrough)))
    }

    @Test("A named model, an emulated guest and other architectures are not judged")
    func notJudged() {
        let check = MoveCheck(StartCheck(hosts: [Self.host("a", "adx"), Self.host("b")]))
        let named = StartQuestion(cpu: CPUDefinition(kind: .guest, model: "Broadwell"), platform: Self.platform)
        #expect(check.blockedMoves(of: named).isEmpty)
        for platform in [DomainPlatform(architecture: "x86_64", virtType: "qemu"), DomainPlatform(architecture: "s390x", virtType: "kvm")] {
            var question = Self.question(.hostModel)
            question.platform = platform
            #expect(check.blockedMoves(of: question).isEmpty)
        }
    }
}
