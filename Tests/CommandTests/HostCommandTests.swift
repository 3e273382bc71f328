import Glibc
import TestSupport
import Testing

/// Where libvirt's packages put theirs.
private let systemMapDirectory = "/usr/share/libvirt/cpu_map"

@Suite("host, compare, baseline, models")
struct HostCommandTests {
    static let hosts = "\(Corpus.repository)/Examples/hosts"
    static let hv01 = "\(hosts)/hv01.capabilities.xml", hv02 = "\(hosts)/hv02.capabilities.xml"

    @Test(
        "host prints libvirt's <cpu> for libvirt's CPUID data, byte for byte",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func hostXML() {
        let directory = "\(Corpus.libvirt!)/tests/cputestdata"
        let expected = Corpus.xmlFiles(in: directory).filter { $0.contains("/x86_64-cpuid-") && $0.hasSuffix("-host.xml") }
        #expect(expected.count == 41)
        for file in expected {
            let outcome = virtCPU("host", "--format", "xml", file.replacing("-host.xml", with: ".xml"))
            #expect(outcome.output == Corpus.read(file), "\(file)")
            #expect(outcome.status == 0)
        }
    }

    @Test("host in words and as JSON")
    func host() throws {
        let words = virtCPU("host", Self.hv01)
        #expect(words.text.hasPrefix("hv01: x86_64, Intel, family 6, model 85, stepping 4\n"))
        #expect(words.text.contains("Skylake-Server-v2, which older libvirts call Skylake-Server-IBRS"))
        let json = virtCPU("host", "--format", "json", Self.hv01, Self.hv02)
        #expect(json.text.contains(#""host":"hv02","arch":"x86_64","model":"Cascadelake-Server-v1","vendor":"Intel","signature":{"family":6,"model":85,"stepping":6}"#))
    }

    @Test("What is no host: file, line and column, exit 2", arguments: [
        ("<domain/>", "1:1: error: <domain> is no host description"), ("<capabilities>\n<host/></capabilities>", "1:1: error: no <host><cpu>"),
        ("<capabilities>", "error: "), ("", "error: "), ("<cpu><model>x</model></cpu>", "arch"),
    ])
    func noHost(_ text: String, message: String) {
        let scratch = TemporaryDirectory()
        _ = scratch.write("host.xml", text)
        let outcome = virtCPU("host", "\(scratch.path)/host.xml")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("host.xml:") && outcome.errors.contains(message))
    }

    @Test("compare: the answer and its reason, exit 1 when one is incompatible")
    func compare() {
        let numa = "\(Corpus.repository)/Examples/numa.xml", live = "\(Corpus.repository)/Examples/live.xml"
        let good = virtCPU("compare", "--host", Self.hv01, numa)
        #expect(good.text == "pg-primary on hv01: superset\n")
        #expect(good.status == 0)
        let bad = virtCPU("compare", "--host", Self.hv01, "--host", Self.hv02, "--format", "json", live)
        #expect(bad.status == 1)
        let lines = bad.text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix(#"{"guest":"build07","host":"hv01","result":"incompatible","missing":["hypervisor","#) ?? false)
        #expect(lines.allSatisfy { $0.contains(#""extra":["#) && $0.contains(#""reason":""#) })
        #expect(virtCPU("compare", "--host", Self.hv01, "\(Corpus.repository)/Examples/rhel9.xml").text.contains("not judged"))
        let scratch = TemporaryDirectory()
        _ = scratch.write("cpu.xml", "<cpu><model>Hasswell</model></cpu>")
        let unknown = virtCPU("compare", "--host", Self.hv01, "\(scratch.path)/cpu.xml")
        #expect(unknown.status == 2)
        #expect(unknown.text == "\(scratch.path)/cpu.xml on hv01: error: unknown CPU model 'Hasswell'\n")
    }

    @Test("compare: what cannot be compared is a row, a <cpu> that libvirt refuses too, and the others have theirs; exit 2")
    func compareErrors() {
        let scratch = TemporaryDirectory()
        func guest(_ name: String, _ cpu: String, arch: String = "x86_64") -> String {
            "<domain type='kvm'><name>\(name)</name><os><type arch='\(arch)'>hvm</type></os>\(cpu)</domain>"
        }
        let files = [
            scratch.write("a.xml", "<cpu match='exactly'>\n<model>Haswell</model></cpu>"),
            scratch.write("b.xml", guest("typo", "<cpu><model>Hasswell</model></cpu>")),
            scratch.write("c.xml", guest("word", "<cpu match='exactly'><model>Haswell</model></cpu>")),
            scratch.write("d.xml", guest("good", "<cpu><model>Haswell</model></cpu>")),
        ]
        let outcome = Program(["compare", "--host", Self.hv01] + files).run()
        #expect(outcome.status == 2)
        #expect(outcome.errors == "\(files[0]):1:1: error: match='exactly' is not one of minimum, exact, strict\n")
        #expect(outcome.text == """
            typo on hv01: error: unknown CPU model 'Hasswell'
            word on hv01: error: libvirt does not take its <cpu>: virt-cpu check says why
            good on hv01: superset

            """)
    }

    @Test("compare: ppc64 host-model names a compatibility mode")
    func compatibilityModes() {
        let scratch = TemporaryDirectory()
        let host = scratch.write("p8.xml", "<cpu><arch>ppc64le</arch><model>POWER8</model><vendor>IBM</vendor></cpu>")
        func answer(_ mode: String) -> String {
            let guest = scratch.write("g.xml", """
                <domain type='kvm'><name>g</name><os><type arch='ppc64le'>hvm</type></os>
                <cpu mode='host-model'><model>\(mode)</model></cpu></domain>
                """)
            return virtCPU("compare", "--host", host, guest).text
        }
        #expect(answer("power7") == "g on p8: identical\n")
        #expect(answer("power9") == "g on p8: incompatible: a POWER8 host cannot run in compatibility mode power9\n")
    }

    @Test("Two hosts of one name are told apart by their paths")
    func hostsOfOneName() {
        let scratch = TemporaryDirectory()
        let text = String(decoding: Corpus.read(Self.hv01), as: UTF8.self)
        let a = scratch.write("a/hv.xml", text), b = scratch.write("b/hv.xml", text)
        let models = virtCPU("models", "--format", "json-lines", "--host", a, "--host", b).text
        #expect(models.hasPrefix("{"))
        #expect(models.split(separator: "\n")[0].contains(#""missing":{"\#(scratch.path)/a/hv":[],"\#(scratch.path)/b/hv":[]}"#))
    }

    @Test("A host that the map does not know is an error with its name and file", arguments: ["host", "models", "baseline"])
    func unknownHost(command: String) {
        let scratch = TemporaryDirectory()
        for (element, message) in [
            ("<model>Hasswell</model>", "unknown CPU model 'Hasswell'"),
            ("<model>Haswell</model><feature name='&#x9b;31m'/>", "unknown CPU feature '\u{fffd}31m'"),
        ] {
            let file = scratch.write("odd.xml", "<cpu><arch>x86_64</arch>\(element)</cpu>")
            let outcome = Program(command == "models" ? ["models", "--host", file] : [command, file]).run()
            #expect(outcome.status == 2)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors == "\(file): error: host odd: \(message)\n")
        }
    }

    @Test("baseline: architectures that differ have none; one that is not judged is an error that names the host")
    func baselineOfArchitectures() {
        let scratch = TemporaryDirectory()
        let power = scratch.write("p9.xml", "<cpu><arch>ppc64le</arch><model>POWER9</model></cpu>")
        let arm = scratch.write("arm.xml", "<cpu><arch>aarch64</arch><model>cortex-a72</model></cpu>")
        let mixed = virtCPU("baseline", Self.hv01, power)
        #expect(mixed.status == 1)
        #expect(mixed.errors.contains("hv01, p9 have no baseline: the CPUs are of different architectures: x86_64, ppc64le"))
        let other = virtCPU("baseline", arm)
        #expect(other.status == 2)
        #expect(other.errors.hasPrefix("\(arm): error: host arm: CPUs of architecture 'aarch64' are not judged"))
    }

    @Test("baseline: what libvirt's QEMU driver leaves out is left out")
    func baselineWithoutIgnored() {
        let scratch = TemporaryDirectory()
        let host = scratch.write("h.xml", """
            <cpu><arch>x86_64</arch><model>Haswell</model><vendor>Intel</vendor><feature name='osxsave'/>
            <feature name='cmt'/><feature name='vmx'/></cpu>
            """)
        #expect(virtCPU("baseline", "--format", "text", host).text == "Haswell +vmx\n")
        #expect(!virtCPU("baseline", "--expand", host).text.contains("osxsave"))
    }

    @Test("baseline: a guest's <cpu>, or why there is none")
    func baseline() {
        let xml = virtCPU("baseline", Self.hv01, Self.hv02)
        #expect(xml.status == 0)
        #expect(xml.text.hasPrefix("<cpu mode='custom' match='exact'>\n  <model fallback='allow'>"))
        #expect(xml.text.hasSuffix("</cpu>\n"))
        #expect(xml.text.contains("'invtsc'"))
        let migratable = virtCPU("baseline", "--migratable", Self.hv01, Self.hv02)
        #expect(!migratable.text.contains("'invtsc'"))
        let expanded = virtCPU("baseline", "--expand", Self.hv01, Self.hv02)
        #expect(expanded.text.contains("<feature policy='require' name='sse2'/>"))
        let scratch = TemporaryDirectory()
        _ = scratch.write("amd.xml", "<cpu><arch>x86_64</arch><model>EPYC</model><vendor>AMD</vendor></cpu>")
        let none = virtCPU("baseline", Self.hv01, "\(scratch.path)/amd.xml")
        #expect(none.status == 1)
        #expect(none.output.isEmpty)
        #expect(none.errors.contains("hv01, amd have no baseline: the vendors differ (hv01 is Intel, amd is AMD)"))
    }

    @Test("models, and what a host lacks of them")
    func models() {
        let all = virtCPU("models").text.split(separator: "\n")
        #expect(all.count > 130)
        #expect(all.contains { $0.hasPrefix("POWER9 ") })
        let hosted = virtCPU("models", "--host", Self.hv01).text.split(separator: "\n")
        #expect(hosted.contains { $0.hasPrefix("Skylake-Server-IBRS ") && $0.hasSuffix("hv01: complete") })
        #expect(hosted.contains { $0.hasPrefix("Cascadelake-Server ") && $0.hasSuffix("hv01: lacks avx512vnni") })
        #expect(virtCPU("models", "--format", "json-lines").text.contains(#"{"model":"Skylake-Server-v2","arch":"x86","vendor":"Intel","unversioned":"Skylake-Server-IBRS","missing":{},"hypervisor":{}}"#))
    }

    @Test("Another CPU map is the one that answers", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func maps() throws {
        let source = "\(Corpus.libvirt!)/src/cpu_map"
        #expect(virtCPU("models").text == virtCPU("models", "--cpu-map", source).text)
        let scratch = TemporaryDirectory()
        for file in Corpus.xmlFiles(in: source) {
            var text = String(decoding: Corpus.read(file), as: UTF8.self)
            let name = String(file.split(separator: "/").last!)
            if name == "x86_Haswell.xml" {
                let place = try #require(text.firstRange(of: "<feature name='aes'/>"))
                text.replaceSubrange(place, with: "<feature name='vmx'/>")
            }
            scratch.write("map/\(name)", text)
        }
        let guest = scratch.write("guest.xml", "<cpu><model>Haswell</model></cpu>")
        let host = scratch.write("host.xml", "<cpu><arch>x86_64</arch><model>Haswell</model></cpu>")
        let old = scratch.write("old.xml", "<cpu><arch>x86_64</arch><model>Nehalem</model><feature name='aes'/></cpu>")
        func missing(_ host: String, _ map: String...) -> String {
            Program(["compare", "--host", host, guest] + map).run().text
        }
        #expect(missing(host, "--cpu-map", "\(scratch.path)/map").contains("identical"))
        #expect(!missing(old).contains("vmx"))
        #expect(missing(old, "--cpu-map", "\(scratch.path)/map").contains("vmx"))
        let absent = virtCPU("models", "--cpu-map", "/nowhere")
        #expect(absent.status == 2)
        #expect(absent.errors.contains("/nowhere/index.xml"))
    }

    @Test("The installed libvirt's CPU map", .enabled(if: access(systemMapDirectory, F_OK) == 0, "libvirt is not installed"))
    func systemMap() {
        let named = virtCPU("models", "--cpu-map", "system")
        #expect(named.status == 0)
        #expect(named.text == virtCPU("models", "--cpu-map", systemMapDirectory).text)
        #expect(named.text.contains("\nHaswell "))
    }

    /// The maps that there are: every libvirt's Haswell lacks two features of x86-64-v3 that QEMU's has.
    static let everyMap: [String] = ["builtin"] + (access(systemMapDirectory, F_OK) == 0 ? ["system"] : [])
        + (Corpus.libvirt.map { ["\($0)/src/cpu_map"] } ?? [])

    @Test("What a guest gets is QEMU's model whichever map answers", arguments: everyMap)
    func guestsByAnyMap(_ map: String) {
        func check(_ model: String, _ os: String, _ more: String...) -> String {
            let osinfo = "<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'><libosinfo:os id='http://redhat.com/rhel/\(os)'/></libosinfo:libosinfo></metadata>"
            let guest = Definitions.guest("<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model></cpu>", extra: osinfo)
            return Program(["check", "--no-config", "--default", "keep", "--cpu-map", map] + more + ["-"], input: .text(guest)).run().text
        }
        // QEMU, docs/system/cpu-models-x86-abi.csv: v3 from Haswell and EPYC, v2 from Nehalem.
        for model in ["Haswell", "Haswell-noTSX-IBRS", "Broadwell", "Skylake-Client", "EPYC"] {
            #expect(!check(model, "10.0").contains("guest-isa-level"), "\(model)")
        }
        for model in ["IvyBridge", "Nehalem", "Opteron_G5"] {
            #expect(check(model, "10.0").contains("needs x86-64-v3"), "\(model)")
            #expect(!check(model, "9.2").contains("guest-isa-level"), "\(model)")
        }
        for model in ["qemu64", "Penryn", "Opteron_G3"] { #expect(check(model, "9.2").contains("needs x86-64-v2"), "\(model)") }
        let scratch = TemporaryDirectory()
        let host = scratch.write("hv.xml", "<cpu><arch>x86_64</arch><model>Haswell-noTSX-IBRS</model><vendor>Intel</vendor><feature name='ssbd'/></cpu>")
        #expect(check("Haswell-noTSX", "8.0", "--host", host).contains("every host offers spec-ctrl, ssbd, and the guest goes without"))
        #expect(check("Haswell-noTSX-IBRS", "8.0", "--host", host).contains("every host offers ssbd, and the guest goes without"))
    }

    @Test("check and filter do not judge against a host whose model they do not know: exit 2, nothing written", arguments: ["check", "filter"])
    func unknownHostModel(command: String) {
        let scratch = TemporaryDirectory()
        let host = scratch.write("hv.xml", "<cpu><arch>x86_64</arch><model>Nosuch</model></cpu>")
        let outcome = virtCPU(
            command, "--no-config", "--default", "keep", "--host", host, input: "<domain type='kvm'><cpu/></domain>")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("hv.xml: error: host hv: unknown CPU model 'Nosuch'"))
    }

    @Test("A ppc64 guest that follows the host is identical to it, as libvirt says", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func ppc64() {
        let directory = "\(Corpus.libvirt!)/tests/cputestdata"
        let outcome = virtCPU("compare", "--host", "\(directory)/ppc64-host.xml", "\(directory)/ppc64-guest-compat-none.xml")
        #expect(outcome.text.hasSuffix(": identical\n"))
    }
}
