import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@testable import CPUModel
import Hosts
import XMLTree

/// A running libvirt whose answers are compared with ours: `LIBVIRT_LIVE=qemu:///system`. It is asked with `virsh`, and
/// answers by the CPU map that is installed with it. The CPUs are random, and the same for the same `LIBVIRT_LIVE_SEED`.
private enum Live {
    static let uri = ProcessInfo.processInfo.environment["LIBVIRT_LIVE"].flatMap { $0.isEmpty ? nil : $0 }
    static let seed = ProcessInfo.processInfo.environment["LIBVIRT_LIVE_SEED"].flatMap { UInt64($0) } ?? 20_261_123

    static let ignored = Set(X86Map.ignoredByQEMUDriver)

    /// Runs virsh. `output` is its standard output, or nil when it fails. `text` contains its error messages too.
    static func virsh(_ arguments: [String]) async throws -> (output: String?, text: String) {
        let result = try await run(
            .name("virsh"), arguments: Arguments(["-q", "-c", uri!] + arguments), output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 16))
        let output = result.terminationStatus.isSuccess ? result.standardOutput : nil
        return (output, result.standardOutput + result.standardError)
    }

    /// Writes a file for virsh to read.
    static func file(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/virt-cpu-live-\(UInt64.random(in: 0 ... .max)).xml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}

@Suite(.enabled(if: Live.uri != nil, "LIBVIRT_LIVE names no libvirt connection"), .serialized)
struct LiveLibvirtTests {
    let map: CPUMap

    init() throws { map = try CPUMap(directory: CPUMap.systemDirectory) }

    @Test func comparisonsAreTheSame() async throws {
        print("seed \(Live.seed)")
        var generator = SplitMix64(seed: Live.seed)
        let text = try #require(try await Live.virsh(["capabilities"]).output)
        let capabilities = try XMLElement(parsing: Array(text.utf8))
        let element = try #require(capabilities.child("host")?.child("cpu"))
        let host = try CPUDefinition(element)
        let hostFeatures = try map.x86.expand(host)
        var seen: [String: Int] = [:]
        for _ in 0..<2000 {
            let guest = randomGuest(near: hostFeatures, &generator)
            let ours = answer(guest, on: host)
            let theirs = try await libvirtsAnswer(guest)
            #expect(ours == theirs, "\(xml(guest))")
            seen[ours, default: 0] += 1
        }
        #expect(seen.count == 4, "\(seen)")
    }

    @Test func baselinesAreTheSame() async throws {
        print("seed \(Live.seed)")
        var generator = SplitMix64(seed: Live.seed &+ 1)
        for _ in 0..<400 {
            let hosts = (0..<2).map { _ in randomHost(&generator) }
            let (migratable, expand) = (Bool.random(using: &generator), Bool.random(using: &generator))
            let options = (migratable ? ["--migratable"] : []) + (expand ? ["--features"] : [])
            let ours = try? map.baseline(hosts, migratable: migratable, expand: expand)
            let theirs = try await libvirtsBaseline(of: hosts, options: options)
            #expect(ours.map(withoutIgnored) == theirs, "\(hosts.map(xml))")
        }
    }

    @Test func everyModelExpandsTheSame() async throws {
        for model in map.x86.models where model.decodesGuest {
            let host = CPUDefinition(kind: .host, architecture: "x86_64", model: model.name)
            let ours = try map.baseline([host], expand: true)
            #expect(withoutIgnored(ours) == (try await libvirtsBaseline(of: [host], options: ["--features"])))
        }
    }

    private func answer(_ guest: CPUDefinition, on host: CPUDefinition) -> String {
        do {
            switch try map.compare(guest, on: host) {
            case .identical: return "identical"
            case .superset: return "superset"
            case .incompatible: return "incompatible"
            case .notJudged: return "not judged"
            }
        } catch { return "error" }
    }

    private func libvirtsAnswer(_ guest: CPUDefinition) async throws -> String {
        let path = try Live.file(xml(guest))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = try await Live.virsh(["cpu-compare", path]).text
        if text.contains("is identical") { return "identical" }
        if text.contains("is a superset") { return "superset" }
        return text.contains("is incompatible") ? "incompatible" : "error"
    }

    private func libvirtsBaseline(of hosts: [CPUDefinition], options: [String]) async throws -> CPUDefinition? {
        let path = try Live.file(hosts.map(xml).joined(separator: "\n"))
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard let text = try await Live.virsh(["cpu-baseline", path] + options).output else { return nil }
        return withoutIgnored(try CPUDefinition(try XMLElement(parsing: Array(text.utf8))))
    }

    private func withoutIgnored(_ cpu: CPUDefinition) -> CPUDefinition {
        var cpu = cpu
        cpu.features.removeAll { Live.ignored.contains($0.name) }
        return cpu
    }

    /// A guest that is near enough to the host for every answer to occur.
    private func randomGuest(near host: FeatureSet, _ generator: inout SplitMix64) -> CPUDefinition {
        let model = map.x86.models.randomElement(using: &generator)!
        var guest = CPUDefinition(kind: .guest, model: model.name)
        guest.match = [.exact, .exact, .minimum, .strict].randomElement(using: &generator)!
        guest.vendor = [nil, nil, nil, "AMD", "Intel", model.vendor, "Bogus"].randomElement(using: &generator)!
        var policies: [String: CPUDefinition.Policy] = [:]
        for name in map.x86.featureNames(in: model.features - host) where chance(19, of: 20, &generator) {
            policies[name] = [.disable, .optional, .force].randomElement(using: &generator)!
        }
        let hosts = map.x86.featureNames(in: host)
        let others = map.x86.features.map(\.name).filter { map.x86.bits(ofFeature: $0)!.isDisjoint(with: host) }
        for _ in 0..<Int.random(in: 0..<6, using: &generator) {
            let name = (chance(1, of: 8, &generator) ? others : hosts).randomElement(using: &generator)!
            policies[name] = CPUDefinition.Policy.allCases.randomElement(using: &generator)!
        }
        if chance(1, of: 3, &generator) {
            for name in hosts where policies[name] == nil {
                policies[name] = [.require, .optional, .disable, .force].randomElement(using: &generator)!
            }
        }
        guest.features = policies.map { CPUDefinition.Feature($0.key, $0.value) }.sorted { $0.name < $1.name }
        if chance(1, of: 50, &generator) { guest.features.append(.init("bogus")) }
        if chance(1, of: 50, &generator) { guest.model = "Bogus" }
        return guest
    }

    private func randomHost(_ generator: inout SplitMix64) -> CPUDefinition {
        let model = map.x86.models.filter { $0.vendor != "AMD" || chance(1, of: 3, &generator) }
            .randomElement(using: &generator)!
        let features = map.x86.features.shuffled(using: &generator).prefix(.random(in: 0..<60, using: &generator))
        return CPUDefinition(
            kind: .host, architecture: "x86_64", model: model.name,
            vendor: Bool.random(using: &generator) ? model.vendor : nil,
            features: features.map { CPUDefinition.Feature($0.name) })
    }

    private func chance(_ part: Int, of whole: Int, _ generator: inout SplitMix64) -> Bool {
        Int.random(in: 0..<whole, using: &generator) < part
    }

    private func xml(_ cpu: CPUDefinition) -> String {
        let vendor = cpu.vendor.map { "<vendor>\($0)</vendor>" } ?? ""
        if cpu.kind == .host {
            return "<cpu><arch>x86_64</arch><model>\(cpu.model!)</model>\(vendor)"
                + cpu.features.map { "<feature name='\($0.name)'/>" }.joined() + "</cpu>"
        }
        return "<cpu match='\(cpu.match.rawValue)'><model>\(cpu.model!)</model>\(vendor)"
            + cpu.features.map { "<feature policy='\($0.policy.rawValue)' name='\($0.name)'/>" }.joined() + "</cpu>"
    }
}
