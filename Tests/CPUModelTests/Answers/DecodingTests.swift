import Testing

@testable import CPUModel

struct DecodingTests {
    let map = CPUMap.builtIn.x86

    func features(_ model: String, plus: [String] = [], minus: [String] = []) throws -> FeatureSet {
        try #require(map.model(named: model)).features | map.bits(ofFeatures: plus) - map.bits(ofFeatures: minus)
    }

    func guest(
        _ set: FeatureSet, vendor: String? = "Intel", signature: CPUSignature? = nil,
        among listed: [ListedModel]? = nil, preferring preferred: [String] = []
    ) throws -> CPUDefinition {
        try map.decode(set, vendor: vendor, signature: signature, as: .guest, among: listed, preferring: preferred)
    }

    @Test func modelItselfIsTheNearest() throws {
        for model in map.models where model.decodesGuest {
            let decoded = try guest(model.features, vendor: model.vendor)
            #expect(try map.expand(decoded) == model.features)
            #expect(decoded.features(.require).isEmpty, "\(model.name) as \(decoded)")
            #expect(map.featureCount(in: model.features - map.model(named: decoded.model!)!.features) == 0)
        }
    }

    @Test func removedFeaturesAreDisabledUnlessTheProcessorHasThem() throws {
        #expect(try guest(try features("Skylake-Server-IBRS")).features == [.init("mpx", .disable)])
        let decoded = try guest(try features("Skylake-Server-IBRS", plus: ["mpx"]))
        #expect(decoded.model == "Skylake-Server-IBRS")
        #expect(decoded.features == [.init("mpx", .require)])
        // In a host's CPU, no feature can be disabled.
        let host = try map.decode(try features("Skylake-Server-IBRS"), vendor: "Intel", signature: nil, as: .host)
        #expect(host.features.isEmpty)
    }

    @Test func singlePreferredModelWinsAtAnyCost() throws {
        let set = try features("Westmere")
        let decoded = try guest(set, preferring: ["Haswell"])
        #expect(decoded.model == "Haswell")
        #expect(decoded.features(.disable).contains("avx2"))
        #expect(try map.expand(decoded) == set)
    }

    @Test func oneOfSeveralPreferredModelsWinsWithALowerDisableCost() throws {
        let preferred = ["Penryn", "SandyBridge"]
        // Westmere disables nothing, so no other model has a lower disable cost.
        #expect(try guest(try features("Westmere"), preferring: preferred).model == "Westmere")
        // Skylake-Server-IBRS disables mpx, which was removed from it. SandyBridge disables nothing.
        #expect(try guest(try features("Skylake-Server-IBRS"), preferring: preferred).model == "SandyBridge")
    }

    @Test func modelsOfAnotherVendorAreNoCandidates() throws {
        let set = try features("Opteron_G3")
        #expect(try guest(set, vendor: "AMD").model == "Opteron_G3")
        let intel = try #require(try guest(set, vendor: "Intel").model)
        #expect([nil, "Intel"].contains(map.model(named: intel)?.vendor))
    }

    @Test func onlyListedModelsAreCandidates() throws {
        let set = try features("Skylake-Server-IBRS")
        #expect(try guest(set, among: [ListedModel(name: "Nehalem"), ListedModel(name: "Haswell")]).model == "Haswell")
        #expect(throws: CPUModelError.noSuitableModel) { try guest(set, among: []) }
        #expect(throws: CPUModelError.noSuitableModel) { try guest(set, among: [ListedModel(name: "EPYC")]) }
    }

    @Test func blockersAreDisabledUnlessTheyAreExtra() throws {
        let set = try features("Haswell", plus: ["vmx"])
        let listed = [ListedModel(name: "Haswell", blockers: ["hle", "vmx", "avx512f", "unheard-of"])]
        let decoded = try guest(set, among: listed)
        #expect(decoded.features == [.init("vmx"), .init("hle", .disable), .init("avx512f", .disable)])
    }

    @Test func matchingSignatureBeatsFewerDifferences() throws {
        let set = try features("Skylake-Server-IBRS", plus: ["clwb", "avx512vnni"])
        let cascadeLake = CPUSignature(family: 6, model: 85, stepping: 7)
        let skylake = CPUSignature(family: 6, model: 85, stepping: 4)
        #expect(try guest(set, signature: skylake).model?.hasPrefix("Skylake-Server") == true)
        #expect(try guest(set, signature: cascadeLake).model?.hasPrefix("Cascadelake-Server") == true)
    }
}
