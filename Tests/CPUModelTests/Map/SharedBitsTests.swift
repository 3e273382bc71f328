import Testing

@testable import CPUModel
import Hosts

/// In libvirt 11.3.0, no feature has two bits or shares one. In another map it may. libvirt then takes a feature when all
/// its bits are set, the earlier feature first, and uses each bit once.
struct SharedBitsTests {
    let map: X86Map

    init() throws {
        func feature(_ name: String, _ bits: UInt8...) -> X86Feature {
            X86Feature(
                name: name,
                bits: bits.map { CPUDataBit(address: .cpuid(leaf: 1, subleaf: 0, register: .ecx), bit: $0) },
                isMigratable: true, aliases: [])
        }
        var map = try X86Map(
            vendors: [X86Vendor(name: "Intel", string: "GenuineIntel")],
            features: [feature("pair", 0, 1), feature("low", 0), feature("high", 1), feature("other", 31)])
        for (name, features) in [("old", ["low"]), ("new", ["pair"])] {
            try map.append(X86Model(name: name, features: map.bits(ofFeatures: features)))
        }
        self.map = map
    }

    @Test func featureNeedsAllItsBitsAndUsesThem() throws {
        #expect(map.featureNames(in: map.bits(ofFeatures: ["low"])) == ["low"])
        #expect(map.featureNames(in: map.bits(ofFeatures: ["low", "high", "other"])) == ["pair", "other"])
        #expect(map.featureCount(in: map.bits(ofFeatures: ["low", "high", "other"])) == 2)
    }

    @Test func disablingPartOfAFeatureLeavesTheRest() throws {
        let cpu = CPUDefinition(kind: .guest, model: "new", features: [.init("high", .disable)])
        #expect(map.featureNames(in: try map.expand(cpu)) == ["low"])
    }

    @Test func decodingNamesTheFeaturesLeft() throws {
        var data = CPUIDData()
        data.addLeaf(1, subleaf: 0, eax: 0, ebx: 0, ecx: 0x8000_0002, edx: 0)
        let guest = try map.decode(data, as: .guest)
        // "old" would disable low and add high and other. "new" disables the part of the pair that is absent (low) and
        // adds other.
        #expect(guest.model == "new")
        #expect(guest.features == [.init("other"), .init("low", .disable)])
    }

    @Test func compactFormCanHoldSuchMaps() throws {
        let whole = CPUMap(libvirtVersion: "1.0.0", x86: map, ppc64: PVRMap(), arm: PVRMap())
        var text = CompactMapWriter([whole]).text
        let read = text.withUTF8 { buffer in
            var reader = CompactMapReader(text: buffer)
            return reader.newest()
        }
        #expect(read == whole)
    }

    @Test func tooManyBitsAreRefused() {
        let features = (0..<33).map { leaf in
            X86Feature(
                name: "f\(leaf)",
                bits: (UInt8(0)..<32).map {
                    CPUDataBit(address: .cpuid(leaf: UInt32(leaf), subleaf: 0, register: .eax), bit: $0)
                }, isMigratable: true, aliases: [])
        }
        #expect(throws: CPUMapContentError.tooManyBits("f32", 1024)) { try X86Map(vendors: [], features: features) }
        #expect(throws: Never.self) { try X86Map(vendors: [], features: Array(features.dropLast())) }
    }
}
