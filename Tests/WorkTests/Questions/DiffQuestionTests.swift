import Reports
import TestSupport
import Testing

@testable import Work

/// What the differences are called is tested in ReportsTests.
@Suite("Comparing two files")
struct DiffQuestionTests {
    private let directory = TemporaryDirectory()

    private func domain(_ name: String, _ cpu: String) -> String { Definitions.guest(cpu, name: name, extra: "  <vcpu>4</vcpu>\n") }

    private let haswell = "<cpu><model>Haswell</model></cpu>"

    /// The old definition in a file, the new one as the input.
    private func diff(_ old: String, _ new: String, on hosts: [String] = [], _ form: JSONForm? = nil) -> Outcome {
        let file = directory.write("old.xml", old)
        return answer(form, input: Array(new.utf8)) {
            try HostQuestion(.builtIn, timeout: 30, $0).diff(file, "-", on: hosts, to: $1)
        }
    }

    @Test("No change that the guest can see: 0")
    func none() {
        let outcome = diff(domain("a", haswell), domain("a", "<cpu check='none'><model fallback='forbid'>Haswell-v1</model></cpu>"))
        #expect(outcome.status == 0)
        #expect(outcome.text == "a: no change that the guest can notice\n")
    }

    @Test("A change: 1, in words or as JSON")
    func change() {
        let new = domain("a", "<cpu><model vendor_id='KVMKVMKVMKVM'>Haswell</model></cpu>")
        let words = diff(domain("a", haswell), new)
        #expect(words.status == 1)
        #expect(words.text == "a:\n  vendor  the host's → KVMKVMKVMKVM\n")
        let json = diff(domain("a", haswell), new, on: [], .json)
        #expect(json.status == 1)
        #expect(json.text == """
            [{"name":"a","uuid":null,"earlierName":"a","windows":null,"result":"changed","changes":[{"what":"vendor","old":"the host's","new":"KVMKVMKVMKVM","features":[]}],"unknown":[],"oldFile":"\(directory.path)/old.xml","newFile":"<stdin>","schema":"diff","version":"\(Reports.Program.version)"}]

            """)
    }

    @Test("A change that cannot be known is 1 too, until the host's hypervisor says what it gives")
    func unknown() {
        let host = HostQuestionTests.hv01, before = domain("a", "<cpu mode='host-model'/>")
        let pinned = filter(before, .testing("pin", hosts: [host]) { $0.isQuiet = true })
        #expect(pinned.text.contains("Skylake-Server-IBRS"))
        let unknown = diff(before, pinned.text)
        #expect(unknown.status == 1 && unknown.text.contains("no host is given"))
        let likely = diff(before, pinned.text, on: [host])
        #expect(likely.status == 1 && likely.text.contains("the processor of host hv01 shows no change"))
        let directory = TemporaryDirectory()
        let hypervisor = directory.write("hv01.domcapabilities.xml", """
            <domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>
            <cpu><mode name='host-model' supported='yes'><model fallback='forbid'>Skylake-Server-IBRS</model><vendor>Intel</vendor></mode></cpu>
            </domainCapabilities>
            """)
        let certain = filter(before, .testing("pin", hosts: [hypervisor]) { $0.isQuiet = true })
        #expect(certain.text.contains("Skylake-Server-IBRS") && diff(before, certain.text, on: [hypervisor]).status == 0)
    }

    @Test("Files that cannot be compared: 2", arguments: [
        ("<domain>", "<domain/>"), ("<a/>", "<domain/>"), ("<domain/>", ""),
    ])
    func failed(_ old: String, _ new: String) {
        let outcome = diff(old, new)
        #expect(outcome.status == 2 && !outcome.errors.isEmpty)
    }

    @Test("Files without a domain in common: 2")
    func strangers() {
        let outcome = diff(domain("a", "") + domain("b", ""), domain("c", "") + domain("d", ""))
        #expect(outcome.status == 2 && outcome.errors == "virt-cpu: error: the two files have no domain in common\n")
        let missing = answer { try HostQuestion(.builtIn, timeout: 30, $0).diff("/nonexistent", "-", on: [], to: $1) }
        #expect(missing.status == 2)
    }
}
