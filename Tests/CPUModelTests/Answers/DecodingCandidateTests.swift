import Testing

@testable import CPUModel

struct DecodingCandidateTests {
    /// A candidate computes its cost from the number of its features. libvirt adds it up feature by feature, as here.
    @Test func costIsLibvirtsPenalty() throws {
        for extra in 0..<20 {
            for disabled in 0..<20 {
                var (enabled, cost, penalty, index) = (extra + disabled, 0, 2, 0)
                while index < enabled {
                    if index >= extra {
                        enabled -= 1
                        cost += penalty
                        penalty += 1
                    }
                    index += 1
                }
                let candidate = DecodingCandidate(
                    model: X86Model(name: "any"), extra: FeatureSet(), missing: FeatureSet(), removed: [],
                    extraCount: extra, disableCount: disabled)
                #expect(candidate.disableCost == cost)
                #expect(candidate.cost == enabled + cost)
            }
        }
    }
}
