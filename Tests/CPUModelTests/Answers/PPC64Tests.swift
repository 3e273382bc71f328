import Testing

@testable import CPUModel

struct PPC64Tests {
    let map = CPUMap.builtIn

    @Test(arguments: [
        ("POWER7_v2.1", "POWER7"), ("POWER7_v2.3", "POWER7"), ("POWER7+_v2.1", "POWER7"), ("POWER8_v1.0", "POWER8"),
        ("POWER8E_v1.0", "POWER8E_v1.0"), ("POWER9", "POWER9"),
    ])
    func legacyNameIsConverted(legacy: String, current: String) {
        #expect(PVRMap.currentName(of: legacy) == current)
    }

    @Test func power10HostRunsCompatibilityModes() throws {
        let host = CPUDefinition(kind: .host, architecture: "ppc64le", model: "POWER10", vendor: "IBM")
        var guest = CPUDefinition(kind: .guest, mode: .hostModel, model: "power9")
        #expect(try map.compare(guest, on: host) == .identical)
        guest.model = "power12"
        #expect(throws: CPUModelError.unknownCompatibilityMode("power12")) { try map.compare(guest, on: host) }
        guest.model = "power10"
        var older = host
        older.model = "POWER8"
        #expect(try map.compare(guest, on: older) == .incompatible(.compatibilityMode("power10", host: "POWER8")))
        older.model = "POWERPC_e5500"
        #expect(throws: CPUModelError.noCompatibilityModes(host: "POWERPC_e5500")) { try map.compare(guest, on: older) }
    }
}
