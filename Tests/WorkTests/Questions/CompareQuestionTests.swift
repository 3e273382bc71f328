import TestSupport
import Testing

@testable import Work

@Suite("Comparing guests with hosts")
struct CompareQuestionTests {
    private let directory = TemporaryDirectory()
    private let hv01 = HostQuestionTests.hv01, hv02 = HostQuestionTests.hv02

    private func compare(_ files: [String], with hosts: [String], isJSON: Bool = false) -> Outcome {
        outcome { try HostQuestion(.builtIn, timeout: 30).compare(files, with: hosts, isJSON: isJSON, $0) }
    }

    private func guest(_ name: String, _ cpu: String, arch: String = "x86_64") -> String {
        "<domain type='kvm'><name>\(name)</name><os><type arch='\(arch)'>hvm</type></os>\(cpu)</domain>"
    }

    @Test("The answer and its reason; exit 1 when one is incompatible")
    func answers() {
        let good = compare(["\(Corpus.repository)/Examples/numa.xml"], with: [hv01])
        #expect(good.text == "pg-primary on hv01: superset\n")
        #expect(good.status == 0)
        let bad = compare(["\(Corpus.repository)/Examples/live.xml"], with: [hv01, hv02], isJSON: true)
        #expect(bad.status == 1)
        let lines = bad.text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix(#"{"guest":"build07","host":"hv01","result":"incompatible","missing":["hypervisor","#) ?? false)
        #expect(lines.allSatisfy { $0.contains(#""extra":["#) && $0.contains(#""reason":""#) })
    }

    @Test("A guest that names no model, and hosts of which too little is known, are not judged")
    func notJudged() {
        #expect(compare(["\(Corpus.repository)/Examples/rhel9.xml"], with: [hv01]).text.contains("not judged: the guest names no CPU model"))
        let capabilities = directory.write("hv.xml", "<domainCapabilities><domain>kvm</domain><machine>q35</machine><arch>x86_64</arch></domainCapabilities>")
        let file = directory.write("cpu.xml", "<cpu><model>Haswell</model></cpu>")
        let outcome = compare([file], with: [capabilities])
        #expect(outcome.text == "\(file) on hv: not judged: only the host's domain capabilities are known; use virt-cpu check instead\n")
        #expect(outcome.status == 0)
    }

    @Test("Guests that cannot be compared have a row, those with a <cpu> that libvirt refuses too; exit 2")
    func errors() {
        let files = [
            directory.write("a.xml", "<cpu match='exactly'>\n<model>Haswell</model></cpu>"),
            directory.write("b.xml", guest("typo", "<cpu><model>Hasswell</model></cpu>")),
            directory.write("c.xml", guest("word", "<cpu match='exactly'><model>Haswell</model></cpu>")),
            directory.write("d.xml", guest("good", "<cpu><model>Haswell</model></cpu>")),
        ]
        let outcome = compare(files, with: [hv01])
        #expect(outcome.status == 2)
        #expect(outcome.errors == "\(files[0]):1:1: error: match='exactly' is not one of minimum, exact, strict\n")
        #expect(outcome.text == """
            typo on hv01: error: unknown CPU model 'Hasswell'
            word on hv01: error: libvirt would refuse its <cpu>; run virt-cpu check to see why
            good on hv01: superset

            """)
        let cpu = directory.write("cpu.xml", "<cpu><model>Hasswell</model></cpu>")
        let unknown = compare([cpu], with: [hv01])
        #expect(unknown.status == 2)
        #expect(unknown.text == "\(cpu) on hv01: error: unknown CPU model 'Hasswell'\n")
    }

    @Test("A file that holds no guest is an error with its place", arguments: [
        ("<network/>", "virt-cpu: error: FILE: contains neither a <domain> nor a <cpu>\n"), ("<domain>", "FILE:1:9: error: the input ends inside a document\n"),
    ])
    func noGuest(_ text: String, _ message: String) {
        let file = directory.write("x.xml", text)
        let outcome = compare([file], with: [hv01])
        #expect(outcome.status == 2 && outcome.text == "")
        #expect(outcome.errors == message.replacing("FILE", with: file))
    }

    @Test("On ppc64, the model under host-model is a compatibility mode", arguments: [
        ("power7", "g on p8: identical\n"), ("power9", "g on p8: incompatible: a POWER8 host cannot run in compatibility mode power9\n"),
    ])
    func compatibilityModes(_ mode: String, _ answer: String) {
        let host = directory.write("p8.xml", "<cpu><arch>ppc64le</arch><model>POWER8</model><vendor>IBM</vendor></cpu>")
        let file = directory.write("g.xml", guest("g", "<cpu mode='host-model'><model>\(mode)</model></cpu>", arch: "ppc64le"))
        #expect(compare([file], with: [host]).text == answer)
    }

    @Test("A ppc64 guest that follows the host is identical to it, as libvirt says", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func ppc64() {
        let data = "\(Corpus.libvirt!)/tests/cputestdata"
        #expect(compare(["\(data)/ppc64-guest-compat-none.xml"], with: ["\(data)/ppc64-host.xml"]).text.hasSuffix(": identical\n"))
    }
}
