import Testing

@testable import CPUModel

struct QEMUModelsTests {
    let map = CPUMap.builtIn.x86
    let qemu = QEMUModels.builtIn

    @Test func recordNamesItsQEMUs() {
        #expect(qemu.qemuVersion == "11.1.3")
        #expect(qemu.olderVersions.count == 2 && qemu.olderVersions.first == "7.2.22")
    }

    /// QEMU 11.1 lists 189 models, three of which (base, host, max) are none.
    @Test func everyModelOfTheNewestQEMUIsRecorded() {
        #expect(qemu.models.count == 186)
        let none = map.models.map(\.name).filter { qemu.model(named: $0) == nil }
        #expect(none == ["pentiumpro", "cpu64-rhel5", "cpu64-rhel6", "Icelake-Client", "Icelake-Client-noTSX"])
    }

    @Test func modelsThatOnlyQEMUHasAreRecordedWhole() throws {
        let only = qemu.models.map(\.name).filter { map.model(named: $0) == nil }
        #expect(only == [
            "Cascadelake-Server-v6", "Cascadelake-Server-v7", "ClearwaterForest-v4", "DiamondRapids-v2", "EPYC-Genoa-v3",
            "EPYC-Milan-v4", "EPYC-Turin-v2", "GraniteRapids-v6", "GraniteRapids-v7", "Icelake-Server-v8",
            "Icelake-Server-v9", "SapphireRapids-v7", "SapphireRapids-v8", "SierraForest-v6", "Skylake-Server-v6",
        ])
        let model = try #require(qemu.model(named: "EPYC-Turin-v2"))
        #expect(model.brand.hasPrefix("AMD EPYC-Turin"))
        #expect(model.signature.family == 26)
        #expect(Set(["lm", "avx512f", "svm"]).isSubset(of: model.tcg.gained))
    }

    @Test func newestMapHasTheModelsThatTheRecordWasComparedWith() throws {
        let compared = CPUMap.builtIn(for: try #require(LibvirtVersion(qemu.libvirtVersion))).x86
        for name in qemu.models.map(\.name) {
            #expect(map.model(named: name)?.features == compared.model(named: name)?.features, "\(name)")
        }
    }

    @Test func everyRecordedNameIsInTheMap() {
        for model in qemu.models {
            let features = map.model(named: model.name)?.features ?? FeatureSet()
            for difference in [model.kvm, model.tcg] {
                for name in difference.gained {
                    #expect(map.bits(ofFeature: name)?.isDisjoint(with: features) == true, "\(model.name) \(name)")
                }
                for name in difference.lost {
                    #expect(map.bits(ofFeature: name)?.isSubset(of: features) == true, "\(model.name) \(name)")
                }
            }
        }
    }

    /// QEMU's own table says that Haswell has level 3 of the x86-64 psABI (docs/system/cpu-models-x86-abi.csv). By the
    /// map alone it does not, because the map's model lacks abm and f16c.
    @Test(arguments: ["Haswell", "Broadwell-noTSX-IBRS"], Accelerator.allCases)
    func haswellHasWhatTheMapLacks(name: String, accelerator: Accelerator) throws {
        let model = try #require(map.model(named: name))
        let missing = map.bits(ofFeatures: ["abm", "f16c"])
        #expect(missing.isDisjoint(with: model.features))
        #expect(missing.isSubset(of: map.features(of: model, in: qemu, under: accelerator)))
    }

    @Test func kvmTakesVirtualisationFromAMDModels() throws {
        let model = try #require(qemu.model(named: "EPYC"))
        #expect(model.kvm.lost == ["svm"])
        #expect(model.kvm.gained.contains("hypervisor") && model.kvm.gained.contains("x2apic"))
        #expect(model.brand == "AMD EPYC Processor")
        #expect(model.signature == CPUSignature(family: 23, model: 1, stepping: 2))
    }
}
