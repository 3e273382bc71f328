import CPUModel
import Hosts
import Lint
import TestSupport
import Testing

@Suite("Why a host does not start a model")
struct ModelObstaclesTests {
    private func obstacles(_ model: String, _ hosts: Host...) throws -> [ModelObstacles] {
        try StartCheck(hosts: hosts).obstacles(to: model)
    }

    @Test("The features that the processor lacks, and what the host starts instead")
    func features() throws {
        let host = RecommendationTests.host("hv", "Skylake-Server-noTSX-IBRS")
        let answer = try #require(try obstacles("Cascadelake-Server-noTSX", host).first)
        #expect(answer.verdict.answer == .refuses && answer.verdict.host == "hv")
        // Intel: Cascade Lake added VNNI.
        #expect(answer.lackedByProcessor?.contains("avx512vnni") == true)
        #expect(answer.remedy?.disable.contains("avx512vnni") == true || answer.remedy?.model != nil)
        #expect(answer.vendors == nil && answer.listing == nil && answer.libvirt == nil)
        let fine = try #require(try obstacles("Haswell-noTSX", host).first)
        #expect(fine.verdict.answer == .starts && fine.lackedByProcessor == [] && fine.remedy == nil)
    }

    @Test("Another vendor is named, with a model of the host's own")
    func vendor() throws {
        let answer = try #require(try obstacles("EPYC", RecommendationTests.host("hv", "Skylake-Server-noTSX-IBRS")).first)
        #expect(answer.vendors?.model == "AMD" && answer.vendors?.host == "Intel")
        #expect(answer.remedy?.model == "Skylake-Server-noTSX-IBRS" && answer.remedy?.disable == [])
    }

    @Test("What the hypervisor says: not listed, usable, unusable and why", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func hypervisor() throws {
        let path = "\(Corpus.libvirt!)/tests/domaincapsdata/qemu_9.1.0.x86_64.xml"
        let host = try HostFiles.read([(path, Corpus.read(path))])[0]
        #expect(try obstacles("Nehalem", host)[0].listing == .usable)
        // As the file says.
        guard case .unusable(let blockers)? = try obstacles("EPYC-Milan", host)[0].listing else {
            Issue.record("EPYC-Milan is not listed as unusable")
            return
        }
        #expect(blockers == ["erms", "fsrm", "ibrs", "invpcid", "pcid", "pku", "xsaves"])
        #expect(try obstacles("EPYC-Milan", host)[0].verdict.answer == .refuses)
    }

    @Test("A libvirt that does not know the model")
    func libvirt() throws {
        var host = RecommendationTests.host("hv", "EPYC-Rome", "AMD")
        host.libvirt = LibvirtVersion("9.0")
        let answer = try obstacles("EPYC-Rome-v4", host)[0]
        #expect(answer.verdict.answer == .refuses && answer.libvirt == LibvirtVersion("9.0"))
        #expect(answer.verdict.reasons.map(\.description) == ["its libvirt 9.0.0 does not know the CPU model EPYC-Rome-v4"])
    }

    @Test("A name that is no model is an error, with the model that was probably meant")
    func unknown() throws {
        do {
            _ = try obstacles("Haswel", RecommendationTests.host("hv", "EPYC", "AMD"))
            Issue.record("no error")
        } catch {
            #expect("\(error)" == "libvirt does not know the CPU model 'Haswel' (did you mean 'Haswell'?)")
        }
    }
}
