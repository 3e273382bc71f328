import Testing

@testable import CPUModel

/// The expected values are answers of QEMU 7.2 to query-cpu-model-expansion on the machine types.
struct OldMachineTests {
    let map = CPUMap.builtIn.x86
    let qemu = QEMUModels.builtIn

    private func model(_ name: String, on version: String) throws -> QEMUModel {
        try #require(qemu.model(named: name)).on(MachineVersion(machine: "pc-q35-\(version)"))
    }

    @Test(arguments: [
        ("Haswell", "7.2", 4), ("Haswell", "2.9", 4), ("Haswell", "2.8", 1), ("Haswell", "2.4", 1), ("Cascadelake-Server", "4.0", 6),
        ("Cascadelake-Server", "3.1", 5),
    ])
    func steppingIsThatOfTheMachine(name: String, version: String, stepping: Int) throws {
        #expect(try model(name, on: version).signature.stepping == stepping)
    }

    @Test func signatureAndBrandOfQEMU64AreThoseOfTheMachine() throws {
        #expect(try model("qemu64", on: "6.1").signature == CPUSignature(family: 15, model: 107, stepping: 1))
        #expect(try model("qemu64", on: "6.0").signature == CPUSignature(family: 6, model: 6, stepping: 3))
        #expect(try model("qemu64", on: "2.5").brand == "QEMU Virtual CPU version 2.5+")
        #expect(try model("qemu64", on: "2.4").brand == "QEMU Virtual CPU version 2.4.0")
        #expect(try model("qemu64", on: "1.4").brand == "QEMU Virtual CPU version 1.4.0")
        #expect(try model("qemu64", on: "1.4").signature == CPUSignature(family: 6, model: 2, stepping: 3))
    }

    /// A feature, a model, and the newest version of machines on which the model has it otherwise.
    @Test(arguments: [
        ("Haswell", "abm", "2.4", true), ("Haswell", "f16c", "2.2", true), ("Haswell", "arat", "2.3", true),
        ("Westmere", "pclmuldq", "1.4", true), ("Skylake-Server", "pku", "3.0", true), ("Skylake-Server", "mpx", "3.1", false),
        ("EPYC", "topoext", "2.12", true), ("qemu64", "popcnt", "2.4", false), ("Opteron_G4", "rdtscp", "3.1", true),
    ], Accelerator.allCases)
    func featureChangesWithTheMachine(_ what: (String, String, String, Bool), accelerator: Accelerator) throws {
        let (name, feature, version, isOnNewer) = what
        let map = map, qemu = qemu
        let model = try #require(map.model(named: name)), bits = try #require(map.bits(ofFeature: feature))
        let last = try #require(MachineVersion(machine: "pc-q35-" + version))
        let next = MachineVersion(major: last.major, minor: last.minor + 1)
        func has(_ machine: MachineVersion?) -> Bool {
            bits.isSubset(of: map.features(of: model, in: qemu, under: accelerator, on: machine))
        }
        #expect(has(last) != isOnNewer)
        #expect(has(next) == isOnNewer)
        #expect(has(nil) == isOnNewer)
    }

    @Test func featureComesBackOnStillOlderMachines() throws {
        let bits = map.bits(ofFeatures: ["rdtscp"]), model = try #require(map.model(named: "Opteron_G3"))
        for (version, has) in [("4.0", true), ("3.1", false), ("2.5", false), ("2.4", true), ("1.4", true)] {
            let machine = MachineVersion(machine: "pc-i440fx-\(version)")
            #expect(bits.isSubset(of: map.features(of: model, in: qemu, under: .kvm, on: machine)) == has, "\(version)")
        }
    }

    @Test func kvmLeavesVirtualisationOnMachinesUpTo21() throws {
        let svm = map.bits(ofFeatures: ["svm"]), rome = try #require(map.model(named: "EPYC-Rome"))
        func features(_ version: String) -> FeatureSet {
            map.features(of: rome, in: qemu, under: .kvm, on: MachineVersion(machine: "pc-i440fx-\(version)"))
        }
        #expect(features("2.2").isDisjoint(with: svm))
        #expect(svm.isSubset(of: features("2.1")))
        #expect(map.bits(ofFeatures: ["npt"]).isSubset(of: features("2.1")))
        // vmx, too, with the controls that the map's model does not list.
        let core2 = try #require(map.model(named: "core2duo"))
        let old = map.features(of: core2, in: qemu, under: .tcg, on: MachineVersion(machine: "pc-i440fx-2.1"))
        #expect(map.bits(ofFeatures: ["vmx", "vmx-msr-bitmap"]).isSubset(of: old))
    }

    /// With svm on machine 3.1, EPYC has no npt. Under KVM that shows only when a guest asks for svm.
    @Test func changesOfWhatHangsOnVirtualisationCountUnderKVM() throws {
        let svm = CPUDefinition(kind: .guest, model: "EPYC", features: [.init("svm")])
        for (machine, has) in [("pc-q35-4.0", true), ("pc-q35-3.1", false)] {
            let seen = try #require(try CPUMap.builtIn.guestVisibleCPU(of: svm, under: .kvm, machine: machine))
            #expect(map.bits(ofFeatures: ["npt"]).isSubset(of: seen.features) == has)
        }
    }

    /// The record for KVM is without svm, so that only the one for emulation tells what comes with it.
    @Test func whatAModelOfQEMULacksOfVirtualisationIsNotThereUnderKVM() throws {
        func record(_ tcg: QEMUModel.Difference) -> QEMUModels {
            let kvm = QEMUModel.Difference(gained: [], lost: ["svm"])
            let signature = CPUSignature(family: 23, model: 49, stepping: 0)
            let rome = QEMUModel(name: "EPYC-Rome", brand: "", vendor: "", signature: signature, kvm: kvm, tcg: tcg)
            return QEMUModels(qemuVersion: "", libvirtVersion: "", models: [rome])
        }
        let svm = CPUDefinition(kind: .guest, model: "EPYC-Rome", features: [.init("svm")]), npt = map.bits(ofFeatures: ["npt"])
        for (lost, has) in [(["npt"], false), ([], true)] {
            let qemu = record(QEMUModel.Difference(gained: [], lost: lost))
            let seen = try #require(try CPUMap.builtIn.guestVisibleCPU(of: svm, under: .kvm, qemu: qemu))
            #expect(npt.isSubset(of: seen.features) == has)
        }
    }

    @Test(arguments: [
        ("3.1", [
            "Cascadelake-Server", "Icelake-Server", "Opteron_G3", "Opteron_G4", "Opteron_G5", "Skylake-Client", "Skylake-Client-IBRS",
            "Skylake-Server", "Skylake-Server-IBRS", "qemu64",
        ]),
        ("6.0", ["qemu64"]), ("6.1", []), ("11.0", []),
    ])
    func modelsThatDifferUnderKVM(version: String, names: [String]) {
        let machine = MachineVersion(machine: "pc-q35-\(version)")
        let others = qemu.models.filter { model in
            let old = model.on(machine)
            return old.signature != model.signature || old.brand != model.brand || old.kvm != model.kvm
        }
        #expect(others.map(\.name).sorted() == names)
    }

    @Test func changesAreOrderedAndEachChangesSomething() {
        for model in qemu.models {
            let versions = model.onOlderMachines.map(\.upTo)
            #expect(versions == versions.sorted(by: >) && Set(versions).count == versions.count, "\(model.name)")
            for change in model.onOlderMachines {
                #expect(change != QEMUModel.MachineChange(upTo: change.upTo), "\(model.name)")
                for name in change.kvm.gained + change.kvm.lost + change.tcg.gained + change.tcg.lost {
                    #expect(map.bits(ofFeature: name) != nil, "\(model.name) \(name)")
                }
            }
        }
    }

    @Test func differencesAreAppliedAsTheyWereTaken() {
        let newer = QEMUModel.Difference(gained: ["a", "b"], lost: ["x", "y"])
        let older = QEMUModel.Difference(gained: ["b", "c"], lost: ["y", "z"])
        let change = newer.change(to: older)
        #expect(change == QEMUModel.Difference(gained: ["c", "x"], lost: ["z", "a"]))
        var applied = newer
        applied.apply(change)
        #expect(applied == older)
    }
}
