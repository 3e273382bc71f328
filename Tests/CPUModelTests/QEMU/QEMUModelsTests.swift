import Testing

@testable import CPUModel

struct QEMUModelsTests {
    let map = CPUMap.builtIn.x86
    let qemu = QEMUModels.builtIn

    @Test func recordNamesItsQEMUAndLibvirt() {
        #expect(qemu.qemuVersion == "7.2.22")
        #expect(qemu.libvirtVersion == CPUMap.builtIn.libvirtVersion)
        #expect(qemu.models.count > 100)
    }

    @Test func everyRecordedNameIsInTheMap() {
        for model in qemu.models {
            let features = map.model(named: model.name)?.features
            for difference in [model.kvm, model.tcg] {
                for name in difference.gained {
                    #expect(map.bits(ofFeature: name)?.isDisjoint(with: features!) == true, "\(model.name) \(name)")
                }
                for name in difference.lost {
                    #expect(map.bits(ofFeature: name)?.isSubset(of: features!) == true, "\(model.name) \(name)")
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
