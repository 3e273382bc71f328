import Testing

@testable import CPUModel

struct ExpansionTests {
    let map = CPUMap.builtIn
    let host = CPUDefinition(
        kind: .host, architecture: "x86_64", model: "Penryn", vendor: "Intel", features: [.init("vmx"), .init("dca")])

    func guest(_ model: String?, _ features: [CPUDefinition.Feature] = []) -> CPUDefinition {
        CPUDefinition(kind: .guest, model: model, features: features)
    }

    @Test func policiesAddAndRemoveInTheirOrder() throws {
        let cpu = guest(
            "Penryn", [.init("avx", .force), .init("aes"), .init("sse4.1", .disable), .init("ssse3", .forbid)])
        let penryn = try #require(map.x86.model(named: "Penryn")).features
        let set = try map.x86.expand(cpu)
        #expect(map.x86.featureNames(in: set - penryn) == ["aes", "avx"])
        #expect(map.x86.featureNames(in: penryn - set) == ["ssse3", "sse4.1"])
    }

    @Test func optionalFeatureIsAddedOnlyWhereTheHostHasIt() throws {
        let cpu = guest("Penryn", [.init("vmx", .optional), .init("avx", .optional)])
        let set = try map.x86.expand(cpu, on: try map.x86.expand(host))
        #expect(map.x86.featureNames(in: set - map.x86.model(named: "Penryn")!.features) == ["vmx"])
        #expect(try map.x86.expand(cpu) == map.x86.model(named: "Penryn")!.features)
    }

    @Test func removedFeaturesAreDisabledInTheExpandedListToo() throws {
        let cpu = CPUDefinition(kind: .guest, model: "Skylake-Server-IBRS", features: [.init("avx2", .disable)])
        let expanded = try map.x86.listingAllFeatures(of: cpu)
        #expect(expanded.features(.disable) == ["avx2", "mpx"])
        #expect(expanded.features.map(\.name) == expanded.features.map(\.name).sorted())
    }
}
