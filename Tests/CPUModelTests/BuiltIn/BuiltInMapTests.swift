import TestSupport
import Testing

@testable import CPUModel
import Hosts
import XMLTree

struct BuiltInMapTests {
    @Test func builtInMapNamesItsLibvirt() {
        let map = CPUMap.builtIn
        #expect(map.libvirtVersion == "11.3.0")
        #expect(map.x86.features.count == 364)
        #expect(map.x86.models.count == 150)
        #expect(map.x86.vendors.map(\.name) == ["Intel", "AMD", "Hygon"])
        #expect(map.ppc64.models.map(\.name).contains("POWER10"))
        #expect(map.arm.model(named: "ThunderX2 99xx")?.vendor == "Cavium")
    }

    @Test func builtInModelHasItsParts() throws {
        let map = CPUMap.builtIn.x86
        let model = try #require(map.model(named: "Cascadelake-Server"))
        #expect(model.vendor == "Intel")
        #expect(model.signatures == [SignaturePattern(family: 6, model: 85, steppings: 0b1110_0000)])
        #expect(model.decodesHost && model.decodesGuest && model.comparesByMap)
        #expect(model.removedFeatures == ["mpx"])
        #expect(model.addedFeatures.first == "vmx-activity-hlt")
        #expect(model.group == "Intel CPU models")
        #expect(map.featureNames(in: model.features).contains("avx512vnni"))
        let alias = try #require(map.model(named: "Skylake-Server-v3"))
        #expect(alias.ancestor == "Skylake-Server-noTSX-IBRS")
        #expect(alias.features == map.model(named: "Skylake-Server-noTSX-IBRS")?.features)
        #expect(alias.removedFeatures.isEmpty)
    }

    @Test(.enabled(if: LibvirtSource.isPresent, LibvirtSource.comment))
    func builtInMapIsLibvirts() throws {
        let map = try LibvirtSource.map.get()
        #expect(CPUMap.builtIn.x86.features == map.x86.features)
        #expect(CPUMap.builtIn.x86.models == map.x86.models)
        #expect(CPUMap.builtIn == map)
    }

    @Test(.enabled(if: LibvirtSource.isPresent, LibvirtSource.comment))
    func generatorWritesTheCommittedFileByteForByte() throws {
        let committed = Corpus.read("\(Corpus.repository)/Sources/CPUModel/BuiltIn/BuiltInCPUMap.swift")
        #expect(Array(try LibvirtSource.map.get().builtInSource.utf8) == committed, "run make cpu-map")
    }

    @Test func recordOfQEMUsModelsIsWrittenAsItWasRead() {
        let committed = Corpus.read("\(Corpus.repository)/Sources/CPUModel/BuiltIn/BuiltInQEMUModels.swift")
        #expect(Array(QEMUModels.builtIn.builtInSource.utf8) == committed)
        #expect(QEMUModels.builtInVersion == QEMUModels.builtIn.qemuVersion)
    }
}
