import Reports
import TestSupport
import Testing

@testable import Work

@Suite("Comparing guests with hosts")
struct CompareQuestionTests {
    private let directory = TemporaryDirectory()
    private let hv01 = HostQuestionTests.hv01, hv02 = HostQuestionTests.hv02

    private func compare(_ files: [String], with hosts: [String], from: String? = nil, _ form: JSONForm? = nil) -> Outcome {
        answer(form) { try HostQuestion(.builtIn, timeout: 30, $0).compare(files, with: hosts, from: from, to: $1) }
    }

    private func guest(_ name: String, _ cpu: String, arch: String = "x86_64") -> String {
        "<domain type='kvm'><name>\(name)</name><os><type arch='\(arch)'>hvm</type></os>\(cpu)</domain>"
    }

    @Test("The answer and its reason; exit 1 when one is incompatible")
    func answers() {
        let good = compare(["\(Corpus.repository)/Examples/numa.xml"], with: [hv01])
        #expect(good.text == "pg-primary on hv01: superset\n")
        #expect(good.status == 0)
        let bad = compare(["\(Corpus.repository)/Examples/live.xml"], with: [hv01, hv02], .jsonLines)
        #expect(bad.status == 1)
        let lines = bad.text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix(#"{"file":"\#(Corpus.repository)/Examples/live.xml","name":"build07","uuid":"cf5f534b-b8d0-4729-aa8a-0dd297d7f2f3","host":"hv01","result":"incompatible","missing":["hypervisor","#) ?? false)
        #expect(lines.allSatisfy { $0.contains(#""extra":["#) && $0.contains(#""reason":""#) })
    }

    @Test("What is wrong for every file is said once")
    func once() {
        for name in ["a", "b", "c"] { directory.write("\(name).xml", guest(name, "<cpu><model>EPYC</model></cpu>")) }
        let outcome = compare([directory.path], with: [])
        #expect(outcome.status == 2)
        #expect(outcome.errors == "virt-cpu: error: no host is given: name one with --host, or name hosts in the policy (virt-cpu init writes one)\n")
    }

    /// The domain capabilities of a host that libvirt calls EPYC-Rome.
    private func rome(_ name: String, _ features: [String]) -> String {
        let list = features.map { "<feature policy='require' name='\($0)'/>" }.joined()
        let blockers = ["erms", "vaes", "pcid"].filter { !features.contains($0) }.map { "<feature name='\($0)'/>" }.joined()
        return directory.write("\(name).xml", """
            <domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-9.2</machine><arch>x86_64</arch>
            <cpu><mode name='host-passthrough' supported='yes'/><mode name='maximum' supported='no'/><mode name='host-model' supported='yes'>
            <model fallback='forbid'>EPYC-Rome</model><vendor>AMD</vendor>\(list)</mode>
            <mode name='custom' supported='yes'><model usable='yes'>EPYC-Rome</model>
            <model usable='no'>EPYC-Milan</model><blockers model='EPYC-Milan'>\(blockers)</blockers></mode></cpu></domainCapabilities>
            """)
    }

    @Test("A guest that follows its host: which CPU it would be on each host, and whether it can move there")
    func following() {
        let old = rome("old", ["x2apic"]), new = rome("new", ["x2apic", "erms", "vaes"])
        let file = directory.write("g.xml", guest("g", "<cpu mode='host-model'/>"))
        let answer = compare([file], with: [old, new])
        #expect(answer.text == """
            g on old: superset: host-model means EPYC-Rome with 1 feature there
            g on new: superset: host-model means EPYC-Rome with 3 features there

            """)
        #expect(answer.status == 0)
        let moved = compare([file], with: [old, new], from: "new")
        #expect(moved.text == """
            g on old: incompatible: started on new, it has EPYC-Rome with 3 features; old lacks erms, vaes
            g on new: superset: started on new, it has EPYC-Rome with 3 features

            """)
        #expect(moved.status == 1)
        // The host on which it was started need not be one of the others.
        let json = compare([file], with: [old], from: new, .json)
        #expect(json.text.contains(#""name":"g","uuid":null,"host":"old","result":"incompatible","missing":["erms","vaes"],"#))
        #expect(json.text.contains("<model fallback='forbid'>EPYC-Rome</model>"))
        #expect(compare([file], with: [new], from: old).text == "g on new: superset: started on old, it has EPYC-Rome with 1 feature\n")
    }

    @Test("match='minimum' is compared by its model, as virsh does; from a host, the guest has what is nearest to that host")
    func minimum() {
        let old = rome("old", ["x2apic"]), new = rome("new", ["x2apic", "erms", "vaes"])
        func compared(_ feature: String, from origin: String? = nil) -> String {
            let cpu = "<cpu match='minimum'><model>EPYC-Rome</model>\(feature)</cpu>"
            return compare([directory.write("g.xml", guest("g", cpu))], with: [old], from: origin).text
        }
        #expect(compared("<feature policy='forbid' name='vaes'/>") == "g on old: superset\n")
        #expect(compared("<feature policy='forbid' name='bogus'/>") == "g on old: error: unknown CPU feature 'bogus'\n")
        #expect(compared("<feature policy='force' name='x2apic'/>") == "g on old: identical\n")
        #expect(compared("", from: new).hasPrefix("g on old: incompatible: started on new, it has EPYC-Rome with 3 features"))
    }

    @Test("host-passthrough and a <cpu> without its domain; a mode that the host does not support")
    func followingOthers() {
        let old = rome("old", ["x2apic"]), new = rome("new", ["x2apic", "erms", "vaes"])
        let file = directory.write("cpu.xml", "<cpu mode='host-passthrough'/>")
        #expect(compare([file], with: [old]).text == "\(file) on old: superset: host-passthrough means the CPU of the host there\n")
        let moved = compare([file], with: [old], from: new)
        #expect(moved.text == "\(file) on old: incompatible: started on new, it has the CPU of new; old lacks erms, vaes\n")
        #expect(moved.status == 1)
        let maximum = directory.write("max.xml", guest("max", "<cpu mode='maximum'/>"))
        #expect(compare([maximum], with: [old]).text == "max on old: incompatible: the hypervisor does not support mode maximum\n")
        let named = directory.write("named.xml", guest("named", "<cpu><model>EPYC-Rome</model></cpu>"))
        #expect(compare([named], with: [old], from: new).text == "named on old: superset\n")
        let none = directory.write("none.xml", guest("none", ""))
        #expect(compare([none], with: [old]).text.hasPrefix("none on old: not judged: the guest names no CPU model"))
    }

    @Test("--from names one host")
    func origin() {
        let file = directory.write("cpu.xml", "<cpu mode='host-model'/>")
        #expect(compare([file], with: [hv01], from: "\(directory.path)/nothing.xml").status == 2)
        let two = compare([file], with: [hv01], from: "\(Corpus.repository)/Examples/hosts/*.xml")
        #expect(two.status == 2)
        #expect(two.errors.contains("--from names 2 hosts, not one"))
    }

    @Test("A guest that names no model, and hosts of which too little is known, are not judged")
    func notJudged() {
        #expect(compare(["\(Corpus.repository)/Examples/rhel9.xml"], with: [hv01]).text.contains("not judged: the guest names no CPU model"))
        let capabilities = directory.write("hv.xml", "<domainCapabilities><domain>kvm</domain><machine>q35</machine><arch>x86_64</arch></domainCapabilities>")
        let file = directory.write("cpu.xml", "<cpu><model>Haswell</model></cpu>")
        let outcome = compare([file], with: [capabilities])
        #expect(outcome.text == "\(file) on hv: not judged: the host's CPU is unknown\n")
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
            \(files[1]): typo on hv01: error: unknown CPU model 'Hasswell'
            \(files[2]): word on hv01: error: libvirt would refuse its <cpu>; run virt-cpu check to see why
            \(files[3]): good on hv01: superset

            """)
        let cpu = directory.write("cpu.xml", "<cpu><model>Hasswell</model></cpu>")
        let unknown = compare([cpu], with: [hv01])
        #expect(unknown.status == 2)
        #expect(unknown.text == "\(cpu) on hv01: error: unknown CPU model 'Hasswell'\n")
    }

    @Test("A directory stands for the guests below it: each line names the file, and what is no guest is passed over")
    func directories() throws {
        let vms = "\(directory.path)/vms"
        directory.write("vms/b.xml", guest("b", "<cpu><model>Haswell</model></cpu>").replacing("</name>", with: "</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>"))
        directory.write("vms/deep/a.xml", guest("a", "<cpu><model>EPYC</model></cpu>"))
        directory.write("vms/cpu.xml", "<cpu><model>Haswell</model></cpu>")
        directory.write("vms/hv01.xml", String(decoding: Corpus.read(hv01), as: UTF8.self))
        directory.write("vms/net.xml", "<network/>")
        let outcome = compare([vms], with: [hv01])
        #expect(outcome.errors == "")
        #expect(outcome.text == """
            \(vms)/b.xml: b on hv01: superset
            \(vms)/cpu.xml on hv01: superset
            \(vms)/deep/a.xml: a on hv01: incompatible: the host lacks required features: \(outcome.text.split(separator: "features: ").last ?? "")
            """)
        #expect(outcome.status == 1)
        let json = try compare([vms], with: [hv01], .jsonLines).text.split(separator: "\n").map { try JSON($0) }
        #expect(json.map { $0["file"] } == ["b.xml", "cpu.xml", "deep/a.xml"].map { .string("\(vms)/\($0)") })
        #expect(json[0]["uuid"] == .string("c7a5fdbd-edaf-9455-926a-d65c16db1809") && json[1]["uuid"] == .null)
        #expect(json.map { $0["name"] } == [.string("b"), .null, .string("a")], "a <cpu> has no name")
    }

    @Test("If no file describes a guest, there is nothing to compare, which is an error")
    func noGuests() {
        directory.write("hosts/hv01.xml", String(decoding: Corpus.read(hv01), as: UTF8.self))
        let outcome = compare(["\(directory.path)/hosts"], with: [hv01])
        #expect(outcome.status == 2)
        #expect(outcome.errors == "virt-cpu: error: \(directory.path)/hosts: no file describes a guest\n")
    }

    @Test("A directory without definitions is an error, and so is a malformed file in it")
    func emptyDirectories() {
        let empty = TemporaryDirectory()
        let outcome = compare([empty.path], with: [hv01])
        #expect(outcome.status == 2)
        #expect(outcome.errors == "virt-cpu: error: \(empty.path): contains no *.xml file\n")
        empty.write("x.xml", "<domain>")
        #expect(compare([empty.path], with: [hv01]).errors == "\(empty.path)/x.xml:1:9: error: the input ends inside a document\n")
    }

    @Test("stdin cannot be both a guest and a host")
    func inputTwice() {
        let outcome = compare(["-"], with: ["-"])
        #expect(outcome.status == 2)
        #expect(outcome.errors == "virt-cpu: error: -: stdin cannot be both a host and a file of guests: name one of them\n")
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
