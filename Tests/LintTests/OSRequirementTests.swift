import CPUModel
import Hosts
import Lint
import Testing

@Suite("guest-isa-level")
struct OSRequirementTests {
    static func findings(_ id: String, _ cpu: String, arch: String = "x86_64", hosts: [Host] = []) throws -> [Finding] {
        let xml = """
            <domain type='kvm'>
              <metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
                <libosinfo:os id='http://\(id)'/></libosinfo:libosinfo></metadata>
              <os><type arch='\(arch)'>hvm</type></os>
              \(cpu)
            </domain>
            """
        return try judge(xml, hosts: hosts).findings.filter { $0.rule == "guest-isa-level" }
    }

    static func model(_ name: String, _ features: String = "") -> String {
        "<cpu mode='custom' match='exact'><model fallback='forbid'>\(name)</model>\(features)</cpu>"
    }

    @Test("Which system needs what, and how sure that is", arguments: [
        ("redhat.com/rhel/8.9", "qemu64", nil), ("redhat.com/rhel/9.2", "qemu64", "error"), ("redhat.com/rhel/9-unknown", "kvm64", "error"),
        ("redhat.com/rhel/9.2", "Nehalem", nil), ("redhat.com/rhel/10.0", "Nehalem", "error"), ("redhat.com/rhel/10.0", "IvyBridge", "error"),
        // v3 by QEMU's models, though libvirt's map leaves abm and f16c out.
        ("redhat.com/rhel/10.0", "Haswell-noTSX", nil), ("redhat.com/rhel/10.0", "Broadwell", nil), ("redhat.com/rhel/10.0", "EPYC", nil),
        ("centos.org/centos-stream/9", "Penryn", "error"), ("rockylinux.org/rocky/10-unknown", "Westmere", "error"),
        ("almalinux.org/almalinux/10", "Nehalem", "warning"), ("almalinux.org/almalinux/10", "qemu64", "error"),
        ("oracle.com/ol/9.4", "qemu64", "warning"), ("suse.com/sles/16.0", "kvm64", "error"), ("suse.com/sle/15.4", "kvm64", nil),
        // openSUSE 42 is older than 15.
        ("opensuse.org/opensuse/42.3", "kvm64", nil), ("opensuse.org/opensuse/16.0", "kvm64", "error"),
        ("debian.org/debian/12", "qemu64", nil), ("fedoraproject.org/fedora/44", "kvm64", nil), ("ubuntu.com/ubuntu/26.04", "kvm64", nil),
        ("microsoft.com/win/11", "Nehalem", nil), ("microsoft.com/win/11", "kvm64", "error"), ("microsoft.com/win/11", "core2duo", "warning"),
        ("microsoft.com/win/2k25", "core2duo", "error"), ("microsoft.com/win/10", "kvm64", "warning"), ("microsoft.com/win/7", "kvm64", nil),
        ("microsoft.com/win/2k22", "kvm64", "error"), ("microsoft.com/win/2k22", "Nehalem", nil), ("redhat.com/rhel/1", "kvm64", nil),
        ("nonsense", "kvm64", nil), ("redhat.com/rhel/", "kvm64", nil), ("redhat.com/rhel/99999999999999999999", "kvm64", nil),
    ])
    func systems(_ id: String, model: String, severity: String?) throws {
        let found = try Self.findings(id, Self.model(model))
        #expect(found.first?.severity.rawValue == severity, "\(found.map(\.message))")
        #expect(found.count <= 1)
    }

    @Test("Features asked for besides the model count, and 32-bit machines do not")
    func features() throws {
        let all = ["cx16", "lahf_lm", "popcnt", "pni", "sse4.1", "sse4.2", "ssse3"]
        func asked(_ names: [String]) -> String { names.map { "<feature policy='require' name='\($0)'/>" }.joined() }
        #expect(try Self.findings("redhat.com/rhel/9.2", Self.model("kvm64", asked(all))).isEmpty)
        let without = try Self.findings("redhat.com/rhel/9.2", Self.model("kvm64", asked(all.dropLast())))
        #expect(without.first?.message.hasSuffix("and its CPU lacks: ssse3") == true, "\(without.map(\.message))")
        #expect(try Self.findings("redhat.com/rhel/9.2", Self.model("Nehalem", "<feature policy='disable' name='popcnt'/>")).count == 1)
        #expect(try Self.findings("redhat.com/rhel/9.2", "").count == 1)
        #expect(try Self.findings("redhat.com/rhel/9.2", Self.model("qemu64"), arch: "i686").isEmpty)
    }

    @Test("A CPU that follows the host is judged on each host")
    func hosts() throws {
        let old = Host(name: "old", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "Penryn", vendor: "Intel"))
        let new = Host(name: "new", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "EPYC", vendor: "AMD"))
        for mode in ["host-model", "host-passthrough", "maximum"] {
            let found = try Self.findings("redhat.com/rhel/9.2", "<cpu mode='\(mode)'/>", hosts: [new, old])
            #expect(found.map(\.host) == ["old"])
        }
        #expect(try Self.findings("redhat.com/rhel/9.2", "<cpu mode='host-model'/>").isEmpty)
    }
}

@Suite("Rules about hosts")
struct HostKindTests {
    static func host(_ name: String, _ model: String, _ vendor: String, _ features: [String] = [], signature: CPUSignature? = nil) -> Host {
        Host(
            name: name,
            cpu: CPUDefinition(
                kind: .host, architecture: "x86_64", model: model, vendor: vendor, signature: signature,
                features: features.map { .init($0) }))
    }

    static func found(_ rule: String, _ cpu: String, _ hosts: [Host], policy: String = "default: keep") throws -> [String] {
        try judge(domain(cpu), policy: policy, hosts: hosts).findings.filter { $0.rule == rule }.map(\.message)
    }

    @Test("Only what every host offers is said to be missing")
    func mitigations() throws {
        let cpu = OSRequirementTests.model("Haswell-noTSX")
        let one = Self.host("a", "Haswell-noTSX-IBRS", "Intel", ["ssbd", "stibp", "md-clear"])
        let two = Self.host("b", "Haswell-noTSX-IBRS", "Intel", ["ssbd"])
        let none = Self.host("c", "Haswell-noTSX", "Intel")
        #expect(try Self.found("missing-mitigation", cpu, [one]) == ["every host offers spec-ctrl, stibp, ssbd, md-clear, and the guest goes without"])
        #expect(try Self.found("missing-mitigation", cpu, [one, two]) == ["every host offers spec-ctrl, ssbd, and the guest goes without"])
        #expect(try Self.found("missing-mitigation", cpu, [one, none]).isEmpty)
        #expect(try Self.found("missing-mitigation", cpu, []).isEmpty)
        let safe = Self.host("d", "Haswell-noTSX-IBRS", "Intel", ["md-clear", "mds-no"])
        #expect(try Self.found("missing-mitigation", cpu, [safe]) == ["every host offers spec-ctrl, and the guest goes without"])
        let amd = Self.host("e", "EPYC-IBPB", "AMD", ["amd-ssbd", "virt-ssbd", "stibp"])
        let epyc = OSRequirementTests.model("EPYC")
        #expect(try Self.found("missing-mitigation", epyc, [amd]) == ["every host offers ibpb, stibp, amd-ssbd, virt-ssbd, and the guest goes without"])
        let immune = Self.host("f", "EPYC-IBPB", "AMD", ["amd-ssbd", "virt-ssbd", "amd-no-ssb"])
        #expect(try Self.found("missing-mitigation", epyc, [immune]) == ["every host offers ibpb, and the guest goes without"])
    }

    @Test("Several hosts mean migration, unless the policy says otherwise")
    func migration() throws {
        let cpu = "<cpu mode='host-passthrough' migratable='off'/>"
        let hosts = [Self.host("a", "Haswell", "Intel"), Self.host("b", "Haswell", "Intel")]
        #expect(try Self.found("migration-blocker", cpu, hosts).count == 1)
        #expect(try Self.found("migration-blocker", cpu, [hosts[0]]).isEmpty)
        #expect(try Self.found("migration-blocker", cpu, hosts, policy: "{default: keep, migration: false}").isEmpty)
        #expect(try Self.found("migration-blocker", "<cpu mode='host-model'><feature policy='disable' name='invtsc'/></cpu>", hosts).isEmpty)
    }

    @Test("Vendors are compared with the model's only where <vendor> says nothing")
    func vendors() throws {
        let hosts = [Self.host("a", "Haswell", "Intel"), Self.host("b", "EPYC", "AMD")]
        #expect(try Self.found("cross-vendor-model", OSRequirementTests.model("Nehalem"), hosts) == ["Nehalem is a model of Intel, and b is of AMD"])
        #expect(try Self.found("cross-vendor-model", OSRequirementTests.model("Nehalem", "<vendor>Intel</vendor>"), hosts).isEmpty)
        #expect(try Self.found("cross-vendor-model", OSRequirementTests.model("qemu64"), hosts).isEmpty)
    }

    @Test("A host far below its signature is said to be weak, one a few features below is not")
    func weak() throws {
        let skylake = CPUSignature(family: 6, model: 85, stepping: 4)
        let masked = Self.host("a", "Nehalem", "Intel", signature: skylake)
        let slightly = Self.host("b", "Skylake-Server-noTSX-IBRS", "Intel", signature: skylake)
        #expect(try Self.found("weak-host-model", OSRequirementTests.model("Nehalem"), [masked]).first?.hasPrefix("the model nearest to host a is only Nehalem: its signature is that of") == true)
        #expect(try Self.found("weak-host-model", OSRequirementTests.model("Westmere"), [masked]).isEmpty)
        #expect(try Self.found("weak-host-model", "<cpu mode='host-model'/>", [masked, slightly]).count == 1)
    }
}
