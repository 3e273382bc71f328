import Testing

@testable import CPUModel

struct ComparisonTests {
    let map = CPUMap.builtIn
    let host = CPUDefinition(
        kind: .host, architecture: "x86_64", model: "Penryn", vendor: "Intel", features: [.init("vmx"), .init("dca")])

    func guest(_ model: String?, _ features: [CPUDefinition.Feature] = []) -> CPUDefinition {
        CPUDefinition(kind: .guest, model: model, features: features)
    }

    @Test func missingFeaturesAreNamedInMapOrder() throws {
        let answer = try map.compare(guest("Penryn", [.init("avx"), .init("sse4.2"), .init("aes")]), on: host)
        #expect(answer == .incompatible(.missingFeatures(["sse4.2", "aes", "avx"])))
        #expect("\(Incompatibility.missingFeatures(["aes"]))" == "the host lacks required features: aes")
    }

    @Test func answerHasTheExtraFeaturesOfTheHost() throws {
        let answer = try map.compare(guest("Penryn"), on: host)
        guard case .superset(let extra) = answer else { Issue.record("\(answer)"); return }
        #expect(map.x86.featureNames(in: extra) == ["vmx", "dca"])
    }

    @Test func strictGuestRefusesExtraFeatures() throws {
        var strict = guest("Penryn")
        strict.match = .strict
        #expect(try map.compare(strict, on: host) == .incompatible(.extraFeatures(["vmx", "dca"])))
        strict.features = [.init("vmx", .optional), .init("dca", .disable)]
        #expect(try map.compare(strict, on: host) == .identical)
    }

    @Test func forbiddenFeatureIsNamed() throws {
        let answer = try map.compare(guest("Penryn", [.init("dca", .forbid), .init("aes", .forbid)]), on: host)
        #expect(answer == .incompatible(.forbiddenFeatures(["dca"])))
    }

    @Test func vendorIsComparedOnlyWhereTheGuestNamesOne() throws {
        #expect(try map.compare(guest("Opteron_G1"), on: host) == .superset(extra: extra(beyond: "Opteron_G1")))
        var other = guest("Penryn")
        other.vendor = "Intle"
        #expect(try map.compare(other, on: host) == .incompatible(.vendor(required: "Intle", host: "Intel")))
    }

    private func extra(beyond model: String) throws -> FeatureSet {
        try map.x86.expand(host) - map.x86.model(named: model)!.features
    }

    @Test func architectureIsComparedBeforeTheModelIsLookedUp() throws {
        var other = guest("no such model")
        other.architecture = "ppc64"
        #expect(try map.compare(other, on: host) == .incompatible(.architecture("ppc64")))
        other.architecture = "i686"
        #expect(throws: CPUModelError.unknownModel("no such model")) { try map.compare(other, on: host) }
    }

    @Test func unknownFeatureIsAnErrorWhateverItsPolicy() {
        for policy in CPUDefinition.Policy.allCases {
            #expect(throws: CPUModelError.unknownFeature("sse4_1")) {
                try map.compare(guest("Penryn", [.init("sse4_1", policy)]), on: host)
            }
        }
    }

    @Test func hostWithoutModelIsUnknown() throws {
        var unknown = host
        unknown.model = nil
        #expect(try map.compare(guest("Penryn"), on: unknown) == .incompatible(.unknownHost))
    }

    @Test(arguments: ["aarch64", "s390x", "riscv64"])
    func otherArchitecturesAreNotJudged(architecture: String) throws {
        let host = CPUDefinition(kind: .host, architecture: architecture, model: "any")
        #expect(try map.compare(guest("other"), on: host) == .notJudged(architecture: architecture))
        #expect(throws: CPUModelError.notJudged(architecture: architecture)) { try map.baseline([host]) }
    }

    @Test func forcedOptionalAndDisabledFeaturesAreNotRequired() throws {
        let policies: [CPUDefinition.Policy] = [.force, .optional, .disable]
        for policy in policies {
            let features = ["sse4.2", "popcnt"].map { CPUDefinition.Feature($0, policy) }
            guard case .superset = try map.compare(guest("Nehalem", features), on: host) else {
                Issue.record("\(policy)")
                continue
            }
        }
        #expect(try map.compare(guest("Nehalem"), on: host) == .incompatible(.missingFeatures(["sse4.2", "popcnt"])))
    }
}
