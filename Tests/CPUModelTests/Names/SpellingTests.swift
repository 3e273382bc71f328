import Testing

@testable import CPUModel

struct SpellingTests {
    let map = CPUMap.builtIn.x86

    @Test(arguments: [
        ("sse4_1", "sse4.1"), ("sse4-2", "sse4.2"), ("sse3", "pni"), ("pclmulqdq", "pclmuldq"), ("lahf-lm", "lahf_lm"),
        ("AVX2", "avx2"), ("avx512_vnni", "avx512vnni"), ("tsc_deadline_timer", "tsc-deadline"),
        ("constant_tsc", "invtsc"), ("spec_ctrl", "spec-ctrl"), ("specctrl", "spec-ctrl"), ("ept", "vmx-ept"),
        ("cr8_legacy", "cr8legacy"), ("fsgbase", "fsgsbase"), ("invpicd", "invpcid"), ("sha_ni", "sha-ni"),
        ("xd", "nx"), ("m_c_e", "mce"), ("i64", "lm"), ("cqm", "cmt"), ("extd_apicid", "extapic"),
        ("lzcnt", "abm"), ("LM", "lm"), ("sse41", "sse4.1"),
        ("pcidd", "pcid"), ("pcdi", "pcid"), ("spcid", "pcid"), ("smpe", "smep"), ("movb", "movbe"), ("popcn", "popcnt"),
    ])
    func featureIsFound(wrong: String, right: String) {
        #expect(map.nearestFeature(to: wrong) == right)
    }

    @Test(arguments: [
        ("skylake-server", "Skylake-Server"), ("Skylake_Client_IBRS", "Skylake-Client-IBRS"),
        ("SkylakeServer", "Skylake-Server"), ("Hasswell", "Haswell"), ("Skylake-Sever-IBRS", "Skylake-Server-IBRS"),
        ("Opteron-G3", "Opteron_G3"), ("EPYC-Milann", "EPYC-Milan"), ("Skylake", "Skylake-Client"),
        ("Sandybridge", "SandyBridge"), ("qemu46", "qemu64"), ("Skylke", "Skylake-Client"), ("Cascadlake", "Cascadelake-Server"),
    ])
    func modelIsFound(wrong: String, right: String) {
        #expect(map.nearestModel(to: wrong) == right)
    }

    @Test func vendorIsFoundByItsString() {
        #expect(map.nearestVendor(to: "GenuineIntel") == "Intel")
        #expect(map.nearestVendor(to: "amd") == "AMD")
    }

    @Test(arguments: ["", "x", "zzzzzzzz", "rep_good", "x86-64-v2"])
    func nothingNearIsNothing(name: String) {
        #expect(map.nearestFeature(to: name) == nil)
        #expect(map.nearestModel(to: name) == nil)
    }

    /// The nearest of these is another feature, and a harmful one.
    @Test(arguments: ["kvm", "tsx", "pti", "amx", "hl", "vxm", "rtmx", "avxl", "avx3", "sse5", "smbp", "pcid2", "lm57"])
    func shortNamesAreNotGuessedAt(name: String) {
        #expect(map.nearestFeature(to: name) == nil)
    }

    @Test func ppc64ModelIsFound() {
        #expect(CPUMap.builtIn.ppc64.nearestModel(to: "power9") == "POWER9")
    }

    @Test(arguments: [("EPCY", "EPYC"), ("EPYCC", "EPYC"), ("Penrin", "Penryn"), ("Conroee", "Conroe")])
    func shortModelIsFound(wrong: String, right: String) {
        #expect(map.nearestModel(to: wrong) == right)
    }

    @Test(arguments: [("Intell", "Intel"), ("Itnel", "Intel"), ("Hygn", "Hygon"), ("Imtel", "Intel")])
    func shortVendorIsFound(wrong: String, right: String) {
        #expect(map.nearestVendor(to: wrong) == right)
    }

    /// What libvirt added from 7.0 to 12.9 is no typing error of what 7.0 knew: where a host has it, only the map is old.
    @Test func newShortFeaturesAreNotCorrected() throws {
        let old = try #require(CPUMap.builtIn(for: LibvirtVersion("7.0")!).x86 as X86Map?)
        let new = map.features.map(\.name).filter { old.feature(named: $0) == nil && $0.filter { $0.isLetter || $0.isNumber }.count < 6 }
        #expect(new.count > 20)
        for name in new {
            guard let nearest = old.nearestFeature(to: name) else { continue }
            #expect(nearest.hasPrefix(name) || old.feature(named: nearest)?.aliases.isEmpty == false, "\(name): \(nearest)")
        }
    }
}
