import TestSupport
import Testing

@testable import Work

@Suite("Inputs that are no definition")
struct StrangeInputTests {
    /// Definitions that another program has yet to fill in, by the language of their templates.
    private static let templates = [
        "Jinja": "<domain type='kvm'>\n  {% if vcpus < 5 %}<vcpu>4</vcpu>{% endif %}\n</domain>\n",
        "Jinja or Go": "<domain type='kvm'>\n  <name>{{ .Name }}</name>{{ if lt .N 5 && .Y }}\n</domain>\n",
        "ERB": "<domain type='kvm'>\n  <name><%= @name %></name>\n</domain>\n",
        "Terraform": "<domain type='kvm'>\n  <name>${name}</name>%{ if a && b }\n</domain>\n",
    ]

    @Test("A template is not judged, and said to be one", arguments: templates.keys.sorted())
    func template(_ language: String) {
        let directory = TemporaryDirectory()
        directory.write("vms/web.xml", Self.templates[language]!)
        for path in ["vms", "vms/web.xml"] {
            let outcome = check([.init(path)], in: directory)
            #expect(outcome.status == 0)
            #expect(outcome.complaints.contains("vms/web.xml: not judged: it is a template (\(language))"), "\(outcome.complaints)")
        }
    }

    @Test("A broken definition is no template because of marks in a comment or in bytes that are no text", arguments: [
        "<domain type='kvm'><!-- 50<%100 {{ --><name>g</name>", "<domain type='kvm'><description><![CDATA[{{ x }}]]></description>",
        "<domain type='kvm'><!-- ${x}", "\u{1f}\u{8b}\u{0}\u{8}{{ x }}", "<domain>{{ x }}\u{0}</domain>",
    ])
    func noTemplate(_ text: String) {
        let directory = TemporaryDirectory()
        directory.write("vms/web.xml", text)
        for path in ["vms", "vms/web.xml"] { #expect(check([path], in: directory).status == 2, "\(text)") }
    }

    @Test("A named file without a domain is said to be none; a host's description, that it is one")
    func without() {
        let directory = TemporaryDirectory()
        directory.write("net.xml", "<network/>\n")
        directory.write("hv02.xml", "<capabilities/>\n")
        #expect(check(["net.xml"], in: directory).errors.contains("net.xml: it holds no <domain>, so nothing is checked\n"))
        #expect(check(["hv02.xml"], in: directory).errors.contains("hv02.xml: it describes a host, not a guest; a pattern after --host must be in quotation marks"))
        #expect(!check(["."], in: directory).errors.contains("<domain>"))
    }

    @Test("A template that is well-formed XML is not judged either, and filter leaves it as it is")
    func wellFormed() {
        let directory = TemporaryDirectory()
        let text = "<domain type='kvm'>\n  <name>web</name>\n  <cpu mode='{{ mode }}'/>\n</domain>\n"
        directory.write("web.xml", text)
        let outcome = check(["web.xml"], in: directory)
        #expect(outcome.status == 0)
        #expect(outcome.complaints.contains("not judged: it is a template ({{ mode }})"), "\(outcome.complaints)")
        let filtered = filter(text, .testing("host-model"))
        #expect(filtered.status == 0)
        #expect(filtered.text == text)
    }

    /// libvirt reads each of these as a definition.
    private static let disguised = [
        "<!DOCTYPE html [<!ENTITY a 'x'>]>\n<domain type='kvm'><!-- {{ x }} --><name>g</name></domain>\n",
        "<!DOCTYPE domain>\n<domain type='kvm'><name>${x}</name><x\((0..<1100).map { " a\($0)=''" }.joined())/></domain>\n",
        "<?xml version='1.0' encoding='UTF-7'?><!DOCTYPE x []><+AGQ-omain type='kvm'/>\n",
    ]

    @Test("What libvirt could read as a domain is neither passed over nor called a template", arguments: disguised)
    func disguise(_ text: String) {
        let directory = TemporaryDirectory()
        directory.write("vms/web.xml", text)
        for path in ["vms", "vms/web.xml"] {
            let outcome = check([.init(path)], in: directory)
            #expect(outcome.status == 2, "\(outcome.complaints)")
            #expect(outcome.errors.contains("vms/web.xml:"), "\(outcome.errors)")
        }
    }

    @Test("A definition is not passed over because the name of its root is damaged", arguments: [
        "<omain type='kvm'><name>web</name></domain>\n", "< omain type='kvm'><name>web</name></domain>\n", "<\romain type='kvm'><name>web</name></domain>\n",
        "<\u{1}omain type='kvm'><name>web</name></domain>\n", "<4omain type='kvm'><name>web</name>", "<:domain type='kvm'><name>web</name>\n",
        "<domainsnap", "<?xml version='1.0'?>\n<dom",
    ])
    func damaged(_ text: String) {
        let directory = TemporaryDirectory()
        directory.write("vms/web.xml", text)
        let outcome = check([.init("vms")], in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("vms/web.xml:"), "\(outcome.errors)")
    }

    @Test("A placeholder in a model that libvirt does not read makes no template", arguments: ["host-model", "host-passthrough"])
    func unreadModel(_ mode: String) {
        let directory = TemporaryDirectory()
        directory.write("web.xml", "<domain type='kvm'>\n  <name>web</name>\n  <vcpu>4</vcpu>\n  <cpu mode='\(mode)'><model>${x}</model>"
            + "<topology sockets='1' cores='1' threads='1'/></cpu>\n</domain>\n")
        #expect(check(["web.xml"], in: directory).status == 1)
    }

    @Test("A guest whose name has braces is judged")
    func name() {
        let directory = TemporaryDirectory()
        directory.write("web.xml", "<domain type='kvm'>\n  <name>web{{ x }}</name>\n  <cpu mode='host_model'/>\n</domain>\n")
        #expect(check(["web.xml"], in: directory).status == 1)
    }

    @Test("Braces alone make no template")
    func braces() {
        let directory = TemporaryDirectory()
        directory.write("web.xml", "<domain type='kvm'>\n  <name>web-{1}</name>\n  <cpu mode='host_model'/>\n</domain>\n")
        #expect(check(["web.xml"], in: directory).status == 1)
    }

    @Test("Documents that are no domains are passed over whatever else they hold, unless they are named",
          arguments: [
            "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd'>\n<html/>\n",
            "<?xml version='1.0'?>\n<!-- <domain> -->\n<project><modules></project>\n", "<network>a & b</network>\n",
          ])
    func strangers(_ text: String) {
        let directory = TemporaryDirectory()
        directory.write("vms/other.xml", text)
        let found = check(["vms"], in: directory)
        #expect(found.status == 0)
        #expect(found.complaints == "nothing found (0 domains, 1 file)\n" || found.complaints == "", "\(found.complaints)")
        #expect(check(["vms/other.xml"], in: directory).status == 2)
    }

    @Test("A domain with an error is one, wherever it was found")
    func broken() {
        let directory = TemporaryDirectory()
        directory.write("vms/a.xml", "<domain type='kvm'><name>a</nam></domain>\n")
        directory.write("vms/b.xml", "<!DOCTYPE domain SYSTEM 'domain.dtd'>\n<domain/>\n")
        // What is left of <domain> where its name is damaged.
        directory.write("vms/c.xml", "<&omain type='kvm'/>\n")
        directory.write("vms/e.xml", "<d[main type='kvm'/>\n")
        directory.write("vms/f.xml", "<!DOCTYPE doma[in []>\n<domain type='kvm'/>\n")
        directory.write(Array("vms/d.xml".utf8), Array("<domain".utf8) + [0xe9] + Array(" type='kvm'/>\n".utf8))
        // A stranger is one only as long as no domain follows it.
        directory.write("vms/g.xml", "<other/>\n<domain type='kvm'/>\n<domain type='kvm'></x>\n")
        let outcome = check(["vms"], in: directory)
        #expect(outcome.status == 2)
        #expect(outcome.complaints.contains("vms/g.xml:3:24: error:"), "\(outcome.complaints)")
        #expect(outcome.complaints.contains("vms/c.xml:1:2: error:") && outcome.complaints.contains("vms/d.xml:1:8: error:"))
        #expect(outcome.complaints.contains("vms/e.xml:1:3: error:") && outcome.complaints.contains("vms/f.xml:1:"))
        #expect(outcome.complaints.contains("vms/a.xml:1:33: error:"))
        #expect(outcome.complaints.contains("vms/b.xml:1:"))
    }

    @Test("A guest's <cpu> without a domain is judged as that of a KVM guest, at its places", arguments: ["", "<?xml version='1.0'?> <!-- ü -->\t", "\n\n  "])
    func loneCPU(_ before: String) {
        let directory = TemporaryDirectory()
        let text = before + "<cpu match='exact'>\n    <model>Haswel</model>\n  <feature name='vmx' policy='sometimes'/></cpu>\n"
        directory.write("cpu.xml", text)
        let outcome = check(["cpu.xml"], in: directory)
        #expect(outcome.status == 1)
        #expect(outcome.complaints.contains("note: cpu.xml: a <cpu> without a <domain> is judged as that of a KVM guest"), "\(outcome.complaints)")
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("vmx") }! + 1
        #expect(outcome.text.contains("cpu.xml:\(line):31: error: policy='sometimes'"), "\(outcome.text)")
        // A finding on the line of the root keeps its column too.
        let first = before + "<cpu match='sometimes'><model>Haswell</model></cpu>"
        directory.write("cpu.xml", first)
        let lines = first.split(separator: "\n", omittingEmptySubsequences: false)
        let column = lines.last!.unicodeScalars.count - "sometimes'><model>Haswell</model></cpu>".count + 1
        let said = check(["cpu.xml"], in: directory).text
        #expect(said.contains("cpu.xml:\(lines.count):\(column): error: match='sometimes'"), "\(said)")
    }

    @Test("A <cpu> without a domain says nothing of the number of vCPUs: its topology and NUMA cells are not compared with one")
    func loneCPUWithTopology() {
        let directory = TemporaryDirectory()
        directory.write("cpu.xml", """
            <cpu mode='host-model'>
              <topology sockets='1' cores='4' threads='2'/>
              <numa><cell id='0' cpus='0-7' memory='1048576'/></numa>
            </cpu>

            """)
        let outcome = check(["cpu.xml"], in: directory)
        #expect(outcome.status == 0, "\(outcome.text)")
        #expect(outcome.complaints.contains("whatever its number of vCPUs"), "\(outcome.complaints)")
        // What is wrong for every number still is.
        directory.write("cpu.xml", "<cpu mode='host-model'><topology sockets='0' cores='4' threads='2'/></cpu>\n")
        #expect(check(["cpu.xml"], in: directory).status == 1)
    }

    @Test("A host's <cpu> is not judged, and that is said; neither is changed by --fix")
    func hostCPU() {
        let directory = TemporaryDirectory()
        directory.write("cpu.xml", "<cpu><arch>x86_64</arch><model>Haswell</model></cpu>\n")
        #expect(check(["cpu.xml"], in: directory).complaints.contains("cpu.xml: not judged: it is a <cpu> without a <domain>, and not a guest's"))
        let guest = "<cpu><model fallback='allow'>EPYC-Genoa</model></cpu>\n"
        directory.write("cpu.xml", guest)
        #expect(check(["cpu.xml"], .testing("keep", rules: ["fallback-allow=error"]), mode: .fix, in: directory).status == 1)
        #expect(directory.text("cpu.xml") == guest)
    }

    @Test("The note about a template names the file and the domain, so that no two files share it")
    func twoTemplates() {
        let directory = TemporaryDirectory()
        for name in ["a.xml", "b.xml"] {
            directory.write(name, "<domain type='kvm'><name>{{ name }}</name><cpu><model>{{ cpu }}</model></cpu></domain>\n")
        }
        let notes = check(["a.xml", "b.xml"], in: directory).complaints
        for name in ["a.xml", "b.xml"] { #expect(notes.contains("\(name): domain {{ name }}: not judged: it is a template ({{ cpu }})"), "\(notes)") }
    }
}
