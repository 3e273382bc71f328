import CPUModel
import Hosts
import Reports
import TestSupport
import Testing

@testable import Work

@Suite("The baseline of hosts")
struct BaselineQuestionTests {
    private let directory = TemporaryDirectory()
    private let hv01 = HostQuestionTests.hv01, hv02 = HostQuestionTests.hv02

    private func baseline(_ hosts: String..., migratable: Bool = false, expand: Bool = false) throws -> CPUDefinition {
        try HostQuestion(.builtIn, timeout: 30).baseline(of: hosts, migratable: migratable, expand: expand)
    }

    @Test("A guest's <cpu>, with or without features that do not migrate, and with the model's features spelt out")
    func cpu() throws {
        let xml = try baseline(hv01, hv02).xml
        #expect(xml.hasPrefix("<cpu mode='custom' match='exact'>\n  <model fallback='allow'>"))
        #expect(xml.hasSuffix("</cpu>\n"))
        #expect(xml.contains("'invtsc'"))
        #expect(try !baseline(hv01, hv02, migratable: true).xml.contains("'invtsc'"))
        #expect(try baseline(hv01, hv02, expand: true).xml.contains("<feature policy='require' name='sse2'/>"))
    }

    @Test("A directory stands for the hosts in it, and for the guests")
    func directories() throws {
        let host = directory.write("all/hv01.xml", String(decoding: Corpus.read(hv01), as: UTF8.self))
        let guest = directory.write("all/guest.xml", Definitions.guest("<cpu><model>Haswell-noTSX</model></cpu>"))
        #expect(try baseline("\(directory.path)/all").xml == baseline(host, guest).xml)
        #expect(try baseline(guest).model == "Haswell-noTSX")
    }

    @Test("Features that libvirt's QEMU driver leaves out are left out")
    func ignored() throws {
        let host = directory.write("h.xml", """
            <cpu><arch>x86_64</arch><model>Haswell</model><vendor>Intel</vendor><feature name='osxsave'/>
            <feature name='cmt'/><feature name='vmx'/></cpu>
            """)
        #expect(try BaselineReport(baseline(host)).text == "Haswell +vmx\n")
        #expect(try !baseline(host, expand: true).xml.contains("osxsave"))
    }

    /// `virsh domcapabilities --supported-cpu-features` of libvirt 12.5 also lists what a guest gets only if it asks.
    @Test("What options of virsh domcapabilities add is left out, also of several hosts in one file")
    func supportedFeatures() throws {
        let host = """
            <domainCapabilities><domain>kvm</domain><arch>x86_64</arch><cpu><mode name='host-model' supported='yes'>
            <model fallback='forbid'>EPYC-Rome</model><vendor>AMD</vendor><feature policy='require' name='topoext'/>
            <feature policy='require' name='fsrm'/></mode></cpu></domainCapabilities>

            """
        let both = directory.write("both.xml", host + host)
        #expect(try BaselineReport(baseline(both)).text == "EPYC-Rome +fsrm\n")
    }

    @Test("Hosts of several vendors or architectures have none, which is an answer")
    func none() {
        let amd = directory.write("amd.xml", "<cpu><arch>x86_64</arch><model>EPYC</model><vendor>AMD</vendor></cpu>")
        let power = directory.write("p9.xml", "<cpu><arch>ppc64le</arch><model>POWER9</model></cpu>")
        let vendors = #expect(throws: NoBaseline.self) { try baseline(hv01, amd) }
        #expect(vendors?.shown == "virt-cpu: error: hv01, amd have no baseline: the vendors differ (hv01 is Intel, amd is AMD)")
        let architectures = #expect(throws: NoBaseline.self) { try baseline(hv01, power) }
        #expect(architectures?.shown == "virt-cpu: error: hv01, p9 have no baseline: the CPUs have different architectures: x86_64, ppc64le")
    }

    @Test("A host that the map does not judge is an error that names the host")
    func notJudged() {
        let arm = directory.write("arm.xml", "<cpu><arch>aarch64</arch><model>cortex-a72</model></cpu>")
        let error = #expect(throws: HostError.self) { try baseline(arm) }
        #expect(error?.description.hasPrefix("\(arm): error: host arm: CPUs of architecture 'aarch64' cannot be compared") ?? false)
    }
}
