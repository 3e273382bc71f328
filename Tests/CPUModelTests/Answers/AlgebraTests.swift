import TestSupport
import Testing

@testable import CPUModel

/// Properties that hold for all CPUs, tried on random ones.
struct AlgebraTests {
    let map = CPUMap.builtIn
    let rounds = 1000

    func randomHost(vendor: String? = nil, _ generator: inout SplitMix64) -> CPUDefinition {
        let models = map.x86.models.filter { vendor == nil || $0.vendor == vendor }
        let model = models.randomElement(using: &generator)!
        let features = map.x86.features.shuffled(using: &generator).prefix(.random(in: 0...40, using: &generator))
        return CPUDefinition(
            kind: .host, architecture: "x86_64", model: model.name,
            vendor: Bool.random(using: &generator) ? model.vendor : nil,
            features: features.map { CPUDefinition.Feature($0.name) })
    }

    func randomGuest(
        policies: [CPUDefinition.Policy] = [.force, .require, .optional, .disable],
        _ generator: inout SplitMix64
    ) -> CPUDefinition {
        var guest = randomHost(&generator)
        guest.kind = .guest
        guest.architecture = nil
        guest.vendor = nil
        for index in guest.features.indices {
            guest.features[index].policy = policies.randomElement(using: &generator)!
        }
        return guest
    }

    func accepts(_ guest: CPUDefinition, on host: CPUDefinition) throws -> Bool {
        if case .incompatible = try map.compare(guest, on: host) { return false }
        return true
    }

    @Test func hostIsIdenticalToItself() throws {
        var generator = SplitMix64(seed: 1)
        for _ in 0..<rounds {
            let host = randomHost(&generator)
            #expect(try map.compare(host, on: host) == .identical)
        }
    }

    @Test func baselineRunsOnAllItsHosts() throws {
        var generator = SplitMix64(seed: 2)
        for _ in 0..<rounds {
            let vendor = ["Intel", "AMD"].randomElement(using: &generator)!
            let hosts = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                randomHost(vendor: vendor, &generator)
            }
            for migratable in [false, true] {
                let baseline = try map.baseline(hosts, migratable: migratable, expand: migratable)
                for host in hosts { #expect(try accepts(baseline, on: host), "\(baseline) on \(host)") }
            }
        }
    }

    @Test func baselineHasAllThatTheHostsShare() throws {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<rounds {
            let hosts = [randomHost(vendor: "Intel", &generator), randomHost(vendor: "Intel", &generator)]
            let common = try map.x86.expand(hosts[0]) & map.x86.expand(hosts[1])
            #expect(try map.x86.expand(try map.baseline(hosts)) == common)
            #expect(try map.x86.expand(try map.baseline(hosts, expand: true)) == common)
        }
    }

    @Test func hostThatRunsAGuestAlsoRunsOneThatRequiresLess() throws {
        var generator = SplitMix64(seed: 4)
        var accepted = 0
        for _ in 0..<rounds {
            let host = randomHost(&generator)
            var guest = randomGuest(&generator)
            // Most random guests ask for more than the host has. Half of them start from the host's own model.
            if Bool.random(using: &generator) { guest.model = host.model }
            guest.features.removeAll { $0.policy == .require && Bool.random(using: &generator) }
            let before = try accepts(guest, on: host)
            var lesser = guest
            if let index = lesser.features.indices.filter({ lesser.features[$0].policy == .require })
                .randomElement(using: &generator)
            {
                switch Int.random(in: 0...2, using: &generator) {
                case 0: lesser.features.remove(at: index)
                case 1: lesser.features[index].policy = .optional
                default: lesser.features[index].policy = .disable
                }
            }
            if before {
                accepted += 1
                #expect(try accepts(lesser, on: host), "\(lesser) on \(host)")
            }
        }
        #expect(accepted > 50)
    }

    @Test func expandingADecodedSetGivesTheSameSet() throws {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<rounds {
            let set = try map.x86.expand(randomGuest(&generator))
            let vendor = [nil, "Intel", "AMD"].randomElement(using: &generator)!
            let guest = try map.x86.decode(set, vendor: vendor, signature: nil, as: .guest)
            #expect(try map.x86.expand(guest) == set)
            if let host = try? map.x86.decode(set, vendor: vendor, signature: nil, as: .host) {
                #expect(try map.x86.expand(host) == set)
            }
        }
    }
}
