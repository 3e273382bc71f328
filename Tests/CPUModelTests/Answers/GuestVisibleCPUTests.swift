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
        let none = QEMUModels(qemuVersion: "", libvirtVersion: "", models: [])
        let unrecorded = try ["SierraForest", "SierraForest-v1"].map { name in
            try #require(try map.guestVisibleCPU(of: CPUDefinition(kind: .guest, model: name), under: .kvm, qemu: none))
        }
        #expect(unrecorded.allSatisfy { $0.brand == nil })
        #expect(map.difference(from: unrecorded[0], to: unrecorded[1]).brand == nil)
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

    @Test func machineTypeDecidesAboutSignatureAndFeatures() throws {
        let haswell = CPUDefinition(kind: .guest, model: "Haswell")
        let old = try map.guestVisibleCPU(of: haswell, under: .kvm, machine: "pc-i440fx-2.4")
        let difference = try difference(try visible("Haswell"), old)
        #expect(difference.lost == ["abm"] && difference.gained.isEmpty && difference.brand == nil)
        #expect(difference.signature?.new == CPUSignature(family: 6, model: 60, stepping: 1))
        for machine in [nil, "q35", "pc-q35-7.2", "pc-q35-99.1", "pc-q35-rhel8.6.0"] {
            #expect(try map.guestVisibleCPU(of: haswell, under: .kvm, machine: machine) == visible("Haswell"), "\(machine ?? "none")")
        }
        // What the definition lists counts on every machine.
        let abm = CPUDefinition(kind: .guest, model: "Haswell", features: [.init("abm")])
        let asked = try #require(try map.guestVisibleCPU(of: abm, under: .kvm, machine: "pc-i440fx-2.4"))
        #expect(map.x86.bits(ofFeatures: ["abm"]).isSubset(of: asked.features))
    }

    /// Seen in guests of QEMU 7.2, 10.0 and 11.1 under emulation, with 1 core and with 2 cores in a socket.
    @Test func threadsInASocketTurnOnWhatShowsThem() throws {
        func shown(_ model: String, _ features: [CPUDefinition.Feature] = [], vendorID: String? = nil, several: Bool = true) throws -> [String] {
            let cpu = CPUDefinition(kind: .guest, model: model, vendorID: vendorID, features: features)
            let seen = try #require(try map.guestVisibleCPU(of: cpu, under: .tcg, hasSeveralThreadsPerSocket: several))
            return map.x86.featureNames(in: seen.features & map.x86.bits(ofFeatures: ["ht", "cmp_legacy"]))
        }
        #expect(try shown("Haswell") == ["ht"])
        #expect(try shown("Haswell", several: false) == [])
        #expect(try shown("Haswell", [.init("ht", .disable)]) == ["ht"])
        #expect(try shown("EPYC") == ["ht", "cmp_legacy"])
        #expect(try shown("EPYC", vendorID: "GenuineIntel") == ["ht"])
        // Under KVM, the host's vendor decides.
        let epyc = CPUDefinition(kind: .guest, model: "EPYC"), legacy = map.x86.bits(ofFeatures: ["cmp_legacy"])
        for (vendor, has) in [("AuthenticAMD", true), ("GenuineIntel", false), (nil, false)] as [(String?, Bool)] {
            let seen = try map.guestVisibleCPU(of: epyc, under: .kvm, hasSeveralThreadsPerSocket: true, hostVendor: vendor)
            #expect(legacy.isSubset(of: try #require(seen).features) == has)
            #expect(seen?.vendor == vendor)
        }
    }

    /// Seen in guests of QEMU 7.2, 10.0 and 11.1: leaf 0xd is zero, and AVX is still in leaf 1.
    @Test func withoutXSAVEItsFormsAreGone() throws {
        let lost = try difference(try visible("Skylake-Server"), try visible("Skylake-Server", [.init("xsave", .disable)])).lost
        #expect(Set(lost) == ["xsave", "xsaveopt", "xsavec", "xgetbv1"])
        #expect(map.x86.parent(ofFeature: "xsavec") == "xsave")
        #expect(map.x86.parent(ofFeature: "xsave") == nil && map.x86.parent(ofFeature: "avx") == nil)
    }

    @Test(arguments: [("sgx", "sgx1"), ("intel-pt", "intel-pt-lip"), ("avx10", "avx10-256")])
    func leavesOfAnAbsentFeatureAreGone(parent: String, dependent: String) throws {
        let bits = map.x86.bits(ofFeatures: [dependent])
        let without = try visible("Skylake-Server", [.init(dependent)]), with = try visible("Skylake-Server", [.init(dependent), .init(parent)])
        #expect(try #require(without).features.isDisjoint(with: bits))
        #expect(bits.isSubset(of: try #require(with).features))
    }

    @Test func hypervisorGivesOnlyWhatItCan() throws {
        let haswell = CPUDefinition(kind: .guest, model: "Haswell", features: [.init("avx", .optional), .init("vmx", .optional)])
        for accelerator in Accelerator.allCases {
            let all = try #require(try visible("Haswell", [.init("avx", .disable)], under: accelerator)).features
            let some = all - map.x86.bits(ofFeatures: ["hle", "rtm"])
            let seen = try map.guestVisibleCPU(of: haswell, under: accelerator, within: some)
            #expect(try #require(seen).features == some)
            // The host alone decides about optional features, and about nothing else.
            let avx = map.x86.bits(ofFeatures: ["avx"])
            #expect(try #require(try map.guestVisibleCPU(of: haswell, under: accelerator, on: avx)).features == all | avx)
        }
    }

    @Test func topologyDecidesWhateverTheHypervisorGives() throws {
        let epyc = CPUDefinition(kind: .guest, model: "EPYC")
        let seen = try map.guestVisibleCPU(
            of: epyc, under: .kvm, hasSeveralThreadsPerSocket: true, within: FeatureSet(), hostVendor: "AuthenticAMD")
        #expect(map.x86.featureNames(in: try #require(seen).features).sorted() == ["cmp_legacy", "ht"])
    }
}
