import Corpus
import Testing

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
        #expect(unknown.errors.contains("unknown CPU model 'Hasswell'"))
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
        #expect(none.errors.contains("hv01, amd have no baseline: the CPUs are of different vendors: Intel, AMD"))
    }

    @Test("models, and what a host lacks of them")
    func models() {
        let all = virtCPU("models").text.split(separator: "\n")
        #expect(all.count > 130)
        let hosted = virtCPU("models", "--host", Self.hv01).text.split(separator: "\n")
        #expect(hosted.contains { $0.hasPrefix("Skylake-Server-IBRS ") && $0.hasSuffix("hv01: complete") })
        #expect(hosted.contains { $0.hasPrefix("Cascadelake-Server ") && $0.hasSuffix("hv01: lacks avx512vnni") })
        #expect(virtCPU("models", "--format", "json-lines").text.contains(#"{"model":"Skylake-Server-v2","vendor":"Intel","unversioned":"Skylake-Server-IBRS","missing":{}}"#))
    }

    @Test("Another CPU map", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func maps() {
        let built = virtCPU("models"), read = virtCPU("models", "--cpu-map", "\(Corpus.libvirt!)/src/cpu_map")
        #expect(built.text == read.text)
        let missing = virtCPU("models", "--cpu-map", "/nowhere")
        #expect(missing.status == 2)
        #expect(missing.errors.contains("/nowhere/index.xml"))
    }
}
