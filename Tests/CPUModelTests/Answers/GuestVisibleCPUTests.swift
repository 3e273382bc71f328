import Testing

@testable import CPUModel

struct GuestVisibleCPUTests {
    let map = CPUMap.builtIn

    func visible(
        _ model: String?, _ features: [CPUDefinition.Feature] = [], vendorID: String? = nil,
        under accelerator: Accelerator = .kvm
    ) throws -> GuestVisibleCPU? {
        try map.guestVisibleCPU(
            of: CPUDefinition(kind: .guest, model: model, vendorID: vendorID, features: features), under: accelerator)
    }

    func difference(_ old: GuestVisibleCPU?, _ new: GuestVisibleCPU?) throws -> GuestVisibleDifference {
        map.difference(from: try #require(old), to: try #require(new))
    }

    @Test func brandFollowsTheModelsName() throws {
        let difference = try difference(try visible("Haswell"), try visible("Haswell-IBRS"))
        #expect(
            difference.brand
                == .init(old: "Intel Core Processor (Haswell)", new: "Intel Core Processor (Haswell, IBRS)"))
        #expect(difference.gained == ["spec-ctrl"] && difference.lost.isEmpty)
        #expect(difference.signature == nil && difference.vendor == nil)
    }

    @Test func someModelsShareABrandAndDifferInSignature() throws {
        let brands = try ["Cascadelake-Server", "Cascadelake-Server-noTSX"].map { try visible($0)?.brand }
        #expect(brands[0] == brands[1])
        let signature = try difference(try visible("Haswell"), try visible("Haswell-noTSX")).signature
        #expect(
            signature
                == .init(
                    old: CPUSignature(family: 6, model: 60, stepping: 4),
                    new: CPUSignature(family: 6, model: 60, stepping: 1)))
    }

    @Test func otherSpellingOfTheSameCPUIsNoDifference() throws {
        #expect(try difference(try visible("EPYC-IBPB"), try visible("EPYC-v2")).isEmpty)
        // A guest has hypervisor whether or not its definition lists it, and libvirt itself disables mpx.
        #expect(try difference(try visible("Haswell"), try visible("Haswell", [.init("hypervisor")])).isEmpty)
        #expect(
            try difference(
                try visible("Skylake-Server-IBRS"), try visible("Skylake-Server-IBRS", [.init("mpx", .disable)])
            ).isEmpty)
        // Models that the record does not have are compared by name.
        #expect(QEMUModels.builtIn.model(named: "SierraForest") == nil)
        #expect(try difference(try visible("SierraForest"), try visible("SierraForest-v1")).brand == nil)
    }

    @Test func featureOfTheModelCanStillChangeTheGuest() throws {
        #expect(try difference(try visible("EPYC"), try visible("EPYC", [.init("svm")])).gained == ["svm", "npt", "nrip-save"])
        let without = try visible("EPYC", [.init("topoext", .disable)])
        #expect(try difference(try visible("EPYC"), without).lost == ["topoext"])
    }

    @Test func vendorIsTheHostsUnderKVMAndTheModelsUnderEmulation() throws {
        #expect(try visible("Haswell")?.vendor == nil)
        #expect(try visible("Haswell", under: .tcg)?.vendor == "GenuineIntel")
        #expect(try visible("EPYC-Genoa", under: .tcg)?.vendor == "AuthenticAMD")
        let difference = try difference(try visible("Haswell"), try visible("Haswell", vendorID: "KVMKVMKVMKVM"))
        #expect(difference.vendor == .init(old: nil, new: "KVMKVMKVMKVM"))
    }

    @Test func guestHasARemovedFeatureOnlyIfItAsksForIt() throws {
        let monitor = try #require(map.x86.bits(ofFeature: "monitor"))
        #expect(try #require(QEMUModels.builtIn.model(named: "EPYC")).tcg.gained.contains("monitor"))
        #expect(try #require(try visible("EPYC", under: .tcg)).features.isDisjoint(with: monitor))
        #expect(monitor.isSubset(of: try #require(try visible("EPYC", [.init("monitor")], under: .tcg)).features))
    }

    @Test func featuresOfVirtualisationComeAndGoWithIt() throws {
        let rome = try #require(map.x86.model(named: "EPYC-Rome"))
        let npt = try #require(map.x86.bits(ofFeature: "npt"))
        #expect(npt.isSubset(of: rome.features))
        #expect(npt.isDisjoint(with: map.x86.features(of: rome, in: .builtIn, under: .kvm)))
        let difference = try difference(try visible("EPYC-Rome"), try visible("EPYC-Rome", [.init("svm")]))
        #expect(difference.gained == ["svm", "npt", "nrip-save"])
    }

    @Test func controlsOfVMXComeAndGoWithIt() throws {
        let controls = map.x86.bits(ofFeatures: ["vmx-ept", "vmx-vpid"])
        #expect(try #require(try visible("Skylake-Server-IBRS")).features.isDisjoint(with: controls))
        #expect(try #require(try visible("Denverton")).features.isDisjoint(with: controls))
        #expect(controls.isSubset(of: try #require(try visible("Skylake-Server-IBRS", [.init("vmx")])).features))
    }

    @Test func definitionThatFollowsTheHostDoesNotTell() throws {
        #expect(try visible(nil) == nil)
        for mode in CPUDefinition.Mode.allCases where mode != .custom {
            let cpu = CPUDefinition(kind: .guest, mode: mode, model: "Haswell")
            #expect(try map.guestVisibleCPU(of: cpu, under: .kvm) == nil)
        }
        let minimum = CPUDefinition(kind: .guest, match: .minimum, model: "Haswell")
        #expect(try map.guestVisibleCPU(of: minimum, under: .kvm) == nil)
        #expect(throws: CPUModelError.unknownModel("Hasswell")) { try visible("Hasswell") }
    }
}
