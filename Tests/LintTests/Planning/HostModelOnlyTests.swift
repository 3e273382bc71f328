import CPUModel
import Hosts
import Lint
import TestSupport
import Testing
import XMLTree

@Suite("The target host-model-only")
struct HostModelOnlyTests {
    static func host(_ name: String) throws -> Host {
        let path = "\(Corpus.repository)/Examples/hosts/\(name).capabilities.xml"
        return try Host(capabilities: Corpus.read(path), file: path)
    }

    static func model(_ hosts: [Host], arch: String = "x86_64") throws -> (model: String?, findings: [Finding]) {
        let judged = try judge(domain("<cpu mode='maximum'/>", arch: arch), policy: "default: host-model-only", purpose: .rewrite, hosts: hosts)
        let model = judged.output.split(separator: "<model fallback='forbid'>").dropFirst().first?.split(separator: "<").first
        return (model.map(String.init), judged.findings)
    }

    @Test(
        "Each machine in libvirt's tests gets the model that libvirt chooses, by its unversioned name and without TSX",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func machines() throws {
        let directory = "\(Corpus.libvirt!)/tests/cputestdata"
        let files = Corpus.xmlFiles(in: directory).filter { $0.contains("x86_64-cpuid-") && $0.hasSuffix("-host.xml") }
        #expect(files.count == 41)
        var compared = 0
        for file in files {
            let cpu = try CPUDefinition(try XMLElement(parsing: Corpus.read(file)))
            // Two of the machines have no long mode, so only a 32-bit guest can have their models.
            let result = try Self.model([Host(name: "h", cpu: cpu)], arch: "i686").model
            let model = cpu.model!
            guard !X86Map.isVersioned(model) || CPUMap.builtIn.x86.unversionedName(of: model) != nil else {
                // Only a versioned model has these features. The nearest other model is complete too.
                #expect(result != nil && !X86Map.isVersioned(result!), "\(file)")
                continue
            }
            compared += 1
            // TSX is gone after an update of the microcode: the variant of the model is the same without it.
            let variants = ["Skylake-Server-IBRS": "Skylake-Server-noTSX-IBRS", "Skylake-Client-IBRS": "Skylake-Client-noTSX-IBRS", "Cascadelake-Server": "Cascadelake-Server-noTSX", "Haswell": "Haswell-noTSX", "Broadwell": "Broadwell-noTSX", "Icelake-Server": "Icelake-Server-noTSX", "Haswell-IBRS": "Haswell-noTSX-IBRS", "Broadwell-IBRS": "Broadwell-noTSX-IBRS"]
            let expected = CPUMap.builtIn.x86.unversionedName(of: model) ?? model
            #expect(result == variants[expected] ?? expected, "\(file)")
        }
        #expect(compared >= 30)
    }

    @Test("Several hosts get the newest model that is complete on all of them")
    func several() throws {
        let (hv01, hv02) = (try Self.host("hv01"), try Self.host("hv02"))
        #expect(try Self.model([hv01]).model == "Skylake-Server-noTSX-IBRS")
        #expect(try Self.model([hv02]).model == "Cascadelake-Server-noTSX")
        #expect(try Self.model([hv01, hv02]).model == "Skylake-Server-noTSX-IBRS")
        #expect(try Self.model([hv02, hv01]).model == "Skylake-Server-noTSX-IBRS")
    }

    @Test("A refusal states the reason, and nothing is rewritten")
    func refusals() throws {
        let hv01 = try Self.host("hv01")
        let amd = Host(name: "epyc", cpu: CPUDefinition(kind: .host, architecture: "x86_64", model: "EPYC", vendor: "AMD"))
        let mixed = try Self.model([hv01, amd])
        #expect(mixed.model == nil)
        #expect(mixed.findings.contains { $0.rule == "cpu-not-default" && $0.message.contains("hv01 is Intel, epyc is AMD") })
        let arm = Host(name: "arm", cpu: CPUDefinition(kind: .host, architecture: "aarch64"))
        #expect(try Self.model([arm]).findings.contains { $0.message.contains("host arm is aarch64, not x86") })
        // A 32-bit machine has no model for a 64-bit guest.
        let old = Host(name: "old", cpu: CPUDefinition(kind: .host, architecture: "i686", model: "pentium3", vendor: "Intel"))
        #expect(try Self.model([old]).findings.contains { $0.message.contains("no CPU model is fully supported on old") })
        #expect(try Self.model([old], arch: "i686").model == "pentium3")
    }

    @Test("A definition without an architecture has that of the hosts")
    func architecture() throws {
        let xml = "<domain type='kvm'>\n  <os><type>hvm</type></os>\n</domain>"
        let arm = Host(name: "arm", cpu: CPUDefinition(kind: .host, architecture: "aarch64"))
        #expect(try judge(xml, policy: "default: host-model-only", purpose: .rewrite, hosts: [arm]).output.contains("host-passthrough"))
    }

    @Test("A model is checked against the guest's architecture and the CPU map", arguments: [
        ("Skylake-Servr", "x86_64", "did you mean 'Skylake-Server'"), ("POWER9", "x86_64", "does not know the x86 CPU model"),
        ("Haswell", "s390x", "Haswell is not a CPU model of s390x"), ("Haswell", "ppc64le", "does not know the ppc64 CPU model"),
    ])
    func unknown(_ model: String, arch: String, message: String) throws {
        let judged = try judge(domain("<cpu mode='maximum'/>", arch: arch), policy: "default: {model: \(model)}", purpose: .rewrite)
        #expect(judged.output == domain("<cpu mode='maximum'/>", arch: arch))
        #expect(judged.findings.contains { $0.rule == "cpu-not-default" && $0.message.contains(message) })
    }

    @Test("Every model is accepted for architectures that the CPU map does not cover")
    func otherArchitectures() throws {
        #expect(try judge(domain("<cpu mode='maximum'/>", type: "qemu", arch: "aarch64"), policy: "default: cortex-a57", purpose: .rewrite).output.contains("<model>cortex-a57</model>"))
    }
}
