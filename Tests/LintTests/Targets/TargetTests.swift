import Testing

@testable import Lint

@Suite("Words for targets")
struct TargetTests {
    @Test("Every keyword names its target") func keywords() throws {
        let targets: [Target] = [
            .hostModelOnly, .plainModel, .hostModel, .hostPassthrough, .maximum, .hypervisorDefault, .baseline, .pin, .keep, .level(.v2),
            .level(.v3), .level(.v4),
        ]
        #expect(try Target.keywords.map { try Target($0) } == targets)
        #expect(targets.map(\.description) == Target.keywords)
    }

    @Test("virt-install's other names are aliases") func aliases() throws {
        #expect(try Target("host-copy") == .hostModelOnly)
        #expect(try Target("host-copy,secure=off") == .plainModel)
        #expect(try Target("host-model-only,secure=on") == .hostModelOnly)
        #expect(try Target("clear") == .hypervisorDefault)
    }

    /// The models of libvirt 11.3's CPU map without the numbered versions, and some models of other architectures.
    static let models = """
        486 Broadwell-IBRS Broadwell-noTSX-IBRS Broadwell-noTSX Broadwell Cascadelake-Server-noTSX Cascadelake-Server \
        Conroe Cooperlake Denverton Dhyana EPYC-Genoa EPYC-IBPB EPYC-Milan EPYC-Rome EPYC GraniteRapids Haswell-IBRS \
        Haswell-noTSX-IBRS Haswell-noTSX Haswell Icelake-Client-noTSX Icelake-Client Icelake-Server-noTSX \
        Icelake-Server IvyBridge-IBRS IvyBridge KnightsMill Nehalem-IBRS Nehalem Opteron_G1 Opteron_G2 Opteron_G3 \
        Opteron_G4 Opteron_G5 Penryn SandyBridge-IBRS SandyBridge SapphireRapids SierraForest Skylake-Client-IBRS \
        Skylake-Client-noTSX-IBRS Skylake-Client Skylake-Server-IBRS Skylake-Server-noTSX-IBRS Skylake-Server Snowridge \
        Westmere-IBRS Westmere athlon core2duo coreduo cpu64-rhel5 cpu64-rhel6 kvm32 kvm64 n270 pentium pentium2 \
        pentium3 pentiumpro phenom qemu32 qemu64 POWER10 POWER6 POWER7 POWER8 POWER9 POWERPC_e5500 Ampere-1 FT-2000+ \
        Falkor Kunpeng-920 Neoverse-N1 Tengyun-S2500 ThunderX299xx a64fx cortex-a53 cortex-a57 z10EC-base z13.2 gen16a \
        rv64 la464 Skylake-Client-v1
        """.split(separator: " ").map(String.init)

    @Test("No model is taken for a misspelt keyword", arguments: models)
    func modelNames(name: String) throws {
        let target = try Target(name)
        #expect(target == .model(ModelTarget(model: name)))
        #expect(target.description == name)
    }

    @Test("A misspelt keyword is an error, not a model", arguments: [
        ("host_model", "host-model"), ("Host-Model", "host-model"), ("hostmodel", "host-model"),
        ("host-modle", "host-model"), ("host-model-onyl", "host-model-only"), ("host-passthru", "host-passthrough"),
        ("hostpassthrough", "host-passthrough"), ("passthrough", "host-passthrough"), ("host", "host-passthrough"),
        ("max", "maximum"), ("maximun", "maximum"), ("hv_default", "hv-default"), ("default", "hv-default"),
        ("hypervisor-default", "hv-default"), ("base-line", "baseline"), ("baselin", "baseline"), ("Pin", "pin"),
        ("pni", "pin"), ("kep", "keep"), ("KEEP", "keep"), ("host.copy", "host-copy"), ("claer", "clear"),
        ("x86-64-v1", "x86-64-v2"), ("x86-64-v2-AES", "x86-64-v2"), ("x86_64-v3", "x86-64-v3"), ("X86-64-V4", "x86-64-v4"),
    ])
    func misspelt(word: String, meant: String) {
        #expect(throws: TargetError(message: "unknown target '\(word)' (did you mean '\(meant)'?)")) { try Target(word) }
    }

    @Test("A word that no model can have as its name is refused", arguments: ["", " ", "-x", ".x", "a b", "a/b", "a'b", "<x>", "Haswell\n", "é", "Haswéll", "a\u{0}", "X\u{301}"])
    func noNames(word: String) {
        #expect(throws: TargetError.self) { try Target(word) }
    }

    @Test("In a mapping, a name may resemble a keyword") func mappings() throws {
        #expect(try parse("default: {model: max}").default == .model(ModelTarget(model: "max")))
    }

    @Test("The description contains all parts of the mapping") func descriptions() throws {
        let target = try parse("default: {model: X, vendor: AMD, fallback: allow, features: {b: force, a: forbid}}")
        #expect(target.default?.description == "X with fallback=allow, vendor=AMD, b=force, a=forbid")
    }
}
