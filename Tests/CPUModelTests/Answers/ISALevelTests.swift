import CPUModel
import Testing

@Suite("Levels of x86-64")
struct ISALevelTests {
    /// QEMU's own table (docs/system/cpu-models-x86-abi.csv), the versions of a model put together.
    private static let table: [(level: ISALevel?, models: [String])] = [
        (nil, ["486", "athlon", "coreduo", "kvm32", "n270", "pentium", "pentium2", "pentium3", "qemu32"]),
        (.v1, ["Conroe", "Opteron_G1", "Opteron_G2", "Opteron_G3", "Penryn", "core2duo", "kvm64", "phenom", "qemu64"]),
        (.v2, [
            "Denverton", "IvyBridge", "IvyBridge-IBRS", "Nehalem", "Nehalem-IBRS", "Opteron_G4", "Opteron_G5", "SandyBridge",
            "SandyBridge-IBRS", "Snowridge", "Westmere", "Westmere-IBRS",
        ]),
        (.v3, [
            "Broadwell", "Broadwell-IBRS", "Broadwell-noTSX", "Broadwell-noTSX-IBRS", "Dhyana", "EPYC", "EPYC-IBPB",
            "EPYC-Milan", "EPYC-Rome", "Haswell", "Haswell-IBRS", "Haswell-noTSX", "Haswell-noTSX-IBRS", "Skylake-Client",
            "Skylake-Client-IBRS", "Skylake-Client-noTSX-IBRS", "KnightsMill",
        ]),
        (.v4, [
            "Cascadelake-Server", "Cascadelake-Server-noTSX", "Cooperlake", "EPYC-Genoa", "GraniteRapids", "Icelake-Server",
            "Icelake-Server-noTSX", "SapphireRapids", "Skylake-Server", "Skylake-Server-IBRS", "Skylake-Server-noTSX-IBRS",
        ]),
    ]

    @Test("Guests get from each model the level that QEMU's documentation states")
    func models() throws {
        let x86 = CPUMap.builtIn.x86
        for (level, models) in Self.table {
            for name in models where x86.model(named: name) != nil {
                let seen = try CPUMap.builtIn.guestVisibleCPU(of: CPUDefinition(kind: .guest, model: name), under: .kvm)
                #expect(x86.level(of: try #require(seen).features) == level, "\(name)")
            }
        }
        #expect(Self.table.flatMap(\.models).count { x86.model(named: $0) == nil } <= 2)
    }

    /// The psABI's table (x86-64-ABI, "Micro-Architecture Levels"), with its names. libvirt's are others for some; the guest's
    /// system sets OSFXSR, and OSXSAVE where there is XSAVE.
    private static let psABI: [(level: ISALevel, names: String)] = [
        (.v1, "CMOV CX8 FPU FXSR MMX OSFXSR SCE SSE SSE2"), (.v2, "CMPXCHG16B LAHF-SAHF POPCNT SSE3 SSE4_1 SSE4_2 SSSE3"),
        (.v3, "AVX AVX2 BMI1 BMI2 F16C FMA LZCNT MOVBE OSXSAVE"), (.v4, "AVX512F AVX512BW AVX512CD AVX512DQ AVX512VL"),
    ]
    private static let libvirtNames = [
        "CMPXCHG16B": "cx16", "LAHF-SAHF": "lahf_lm", "SSE3": "pni", "SSE4_1": "sse4.1", "SSE4_2": "sse4.2", "LZCNT": "abm",
        "SCE": "syscall", "OSXSAVE": "xsave", "OSFXSR": "fxsr",
    ]

    @Test("A level's features are those of the psABI")
    func psABI() {
        var expected: Set = ["lm"]
        for (level, names) in Self.psABI {
            expected.formUnion(names.split(separator: " ").map { Self.libvirtNames[String($0)] ?? $0.lowercased() })
            #expect(Set(level.features) == expected)
        }
    }

    @Test("A level is what its words say, and includes the levels below")
    func words() {
        #expect(ISALevel.allCases.map(\.description) == ["x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4"])
        for level in ISALevel.allCases {
            #expect(ISALevel(level.description) == level)
            guard let next = level.next else { continue }
            #expect(level < next && Set(level.features).isStrictSubset(of: next.features))
        }
        #expect(ISALevel("x86-64-v5") == nil && ISALevel("v3") == nil)
        #expect(!ISALevel.v4.features.contains("osxsave"), "the guest sets it")
    }

    @Test("Without any one of a level's features, a CPU has only the level below")
    func each() {
        let x86 = CPUMap.builtIn.x86
        for level in ISALevel.allCases {
            for name in level.features {
                let without = x86.bits(ofFeatures: level.features.filter { $0 != name })
                #expect(x86.missing(for: level, in: without) == [name])
                #expect(x86.level(of: without).map { $0 < level } ?? true, "\(name)")
            }
            #expect(x86.level(of: x86.bits(ofFeatures: level.features)) == level)
        }
    }
}
