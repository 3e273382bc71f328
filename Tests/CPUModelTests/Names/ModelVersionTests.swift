import Testing

@testable import CPUModel
import XMLTree

struct ModelVersionTests {
    let map = CPUMap.builtIn.x86

    @Test(arguments: [
        ("Skylake-Client-v1", "Skylake-Client"), ("Skylake-Client-v3", "Skylake-Client-noTSX-IBRS"),
        ("Broadwell-v2", "Broadwell-noTSX"), ("EPYC-v2", "EPYC-IBPB"),
    ])
    func versionHasTheUnversionedNameOfTheSameCPU(version: String, name: String) {
        #expect(map.unversionedName(of: version) == name)
        #expect(map.canonicalName(of: name) == version)
    }

    @Test(arguments: ["SapphireRapids-v3", "EPYC-v3", "Skylake-Client", "no such-v1"])
    func otherNamesHaveNoUnversionedName(name: String) {
        #expect(map.unversionedName(of: name) == nil)
    }

    @Test(arguments: ["SapphireRapids-v3", "Skylake-Client-v3", "cpu64-rhel6", "no such"])
    func modelWithoutAVersionOfItsOwnIsCanonical(name: String) {
        #expect(map.canonicalName(of: name) == name)
    }

    @Test func versionedNamesAreRecognised() {
        #expect(X86Map.isVersioned("EPYC-v2"))
        for name in ["EPYC", "EPYC-IBPB", "x86-64-version2", "EPYC-12", "EPYC-vx", "v1"] {
            #expect(!X86Map.isVersioned(name))
        }
    }

    /// libvirt prints QEMU's canonical names in domain capabilities.
    @Test(.enabled(if: LibvirtSource.isPresent, LibvirtSource.comment))
    func canonicalNamesAreLibvirts() throws {
        var seen: Set<String> = []
        for file in ["qemu_7.2.0.x86_64", "qemu_10.0.0-q35.x86_64+amdsev"] {
            let capabilities = try XMLElement(parsing: LibvirtSource.bytes("tests/domaincapsdata/\(file).xml"))
            let modes = try #require(capabilities.child("cpu")).children("mode")
            for model in try #require(modes.first { $0["name"] == "custom" }).children("model") {
                guard let canonical = model["canonical"] else { continue }
                seen.insert(model.text)
                #expect(map.canonicalName(of: model.text) == canonical)
                #expect(map.unversionedName(of: canonical) == model.text)
            }
        }
        #expect(seen.count == 59)
    }

    @Test func versionThatAddsFeaturesIsAnotherCPU() throws {
        let bits = (UInt8(0)..<2).map { CPUDataBit(address: .msr(index: 1, register: .eax), bit: $0) }
        var map = try X86Map(
            vendors: [],
            features: bits.map { X86Feature(name: "f\($0.bit)", bits: [$0], isMigratable: true, aliases: []) })
        let f0 = map.bits(ofFeatures: ["f0"]), both = map.bits(ofFeatures: ["f0", "f1"])
        for (name, features, ancestor) in [
            ("base", f0, nil), ("base-v10", f0, "base"), ("base-v2", f0, "base"), ("base-v3", both, "base"),
            ("base-other", f0, "base"), ("base-v4", f0, "base-v2"),
        ] {
            try map.append(X86Model(name: name, features: features, ancestor: ancestor))
        }
        #expect(map.unversionedName(of: "base-v2") == "base")
        #expect(map.canonicalName(of: "base") == "base-v2")
        for name in ["base-v3", "base-other", "base-v4"] { #expect(map.unversionedName(of: name) == nil) }
    }
}
