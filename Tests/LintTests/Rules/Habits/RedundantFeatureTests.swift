import CPUModel
import Testing

@testable import Lint

@Suite("redundant-feature")
struct RedundantFeatureTests {
    static let map = CPUMap.builtIn

    func redundant(_ cpu: CPUDefinition, type: String = "kvm", check: String = "") throws -> [(line: Int, isFixable: Bool)] {
        let lines = cpu.features.map { "<feature policy='\($0.policy.rawValue)' name='\($0.name)'/>" }
        let text = ["<cpu mode='custom' match='exact'\(check)><model fallback='forbid'>\(cpu.model!)</model>"] + lines + ["</cpu>"]
        let found = try judge(domain(text.joined(separator: "\n"), type: type)).findings
        // The <cpu> begins in the fifth line, so the first feature is in the sixth.
        return found.filter { $0.rule == "redundant-feature" }.map { ($0.start.line - 6, $0.isFixable) }
    }

    /// The parent features that QEMU's record was made without.
    private static let parents = ["svm", "vmx", "arch-capabilities"]

    /// Tries every feature of the map together with the parent features, and the features that have one of these parents
    /// without them.
    @Test(
        "A guest sees no difference without a feature that is called redundant, with its parent feature or without it",
        arguments: QEMUModels.builtIn.models.map(\.name))
    func everyModel(model: String) throws {
        let map = Self.map
        let names = map.x86.features.map(\.name).filter { !Self.parents.contains($0) }
        let children = names.filter { map.x86.parent(ofFeature: $0).map { Self.parents.contains($0) } ?? false }
        #expect(children.count > 50)
        #expect(try missed(names, with: Self.parents, in: model) == [])
        #expect(try missed(children, with: [], in: model) == [])
    }

    /// The features that are wrongly called redundant.
    private func missed(_ names: [String], with parents: [String], in model: String) throws -> [CPUDefinition.Feature] {
        let map = Self.map
        let redundancy = Redundancy(map: map, qemu: .builtIn, accelerator: .kvm)
        let known = map.x86.model(named: model)!
        let without = CPUDefinition(kind: .guest, model: model, features: parents.map { .init($0) })
        let seen = try map.guestVisibleCPU(of: without, under: .kvm), expanded = try map.x86.expand(without)
        var missed: [CPUDefinition.Feature] = []
        for policy in [CPUDefinition.Policy.require, .disable] {
            for line in names.map({ CPUDefinition.Feature($0, policy) }) {
                var with = without
                with.features.append(line)
                guard redundancy.isRedundant(line, in: with, of: known) else { continue }
                // With its parent, QEMU's model may have features that the record does not show.
                let isSame = try map.guestVisibleCPU(of: with, under: .kvm) == seen && map.x86.expand(with) == expanded
                if !isSame || map.x86.parent(ofFeature: line.name).map({ parents.contains($0) }) ?? false { missed.append(line) }
            }
        }
        return missed
    }

    @Test("npt comes with svm, although KVM's record, which was made without svm, does not have it")
    func parents() throws {
        let svm = CPUDefinition(kind: .guest, model: "EPYC", features: [.init("svm")])
        let visible = try #require(try Self.map.guestVisibleCPU(of: svm, under: .kvm))
        #expect(Self.map.x86.bits(ofFeatures: ["npt", "nrip-save"]).isSubset(of: visible.features))
        #expect(Self.map.x86.parent(ofFeature: "npt") == "svm")
        #expect(Self.map.x86.parent(ofFeature: "svm") == nil)
        var cpu = svm
        cpu.features.append(.init("npt", .disable))
        #expect(try redundant(cpu).isEmpty)
        cpu.features.removeFirst()
        #expect(try redundant(cpu).map(\.line) == [0])
    }

    @Test("The last line that makes libvirt compare the CPU is reported, but not removed")
    func lastRequired() throws {
        let one = try redundant(CPUDefinition(kind: .guest, model: "Haswell", features: [.init("pcid"), .init("rtm", .disable)]))
        #expect(one.map(\.line) == [0] && one.map(\.isFixable) == [false])
        let two = try redundant(CPUDefinition(kind: .guest, model: "Haswell", features: [.init("pcid"), .init("sse2")]))
        #expect(two.map(\.line) == [0, 1] && two.map(\.isFixable) == [true, false])
        let kept = try redundant(CPUDefinition(kind: .guest, model: "Haswell", features: [.init("pcid"), .init("vmx")]))
        #expect(kept.map(\.line) == [0] && kept.map(\.isFixable) == [true])
    }

    @Test("Nothing is reported for features that QEMU sets, models that it does not have, and emulation without a check")
    func silent() throws {
        for (model, features) in [
            ("Haswell", [CPUDefinition.Feature("ht", .disable)]), ("Haswell", [.init("pdcm", .disable)]),
            ("SierraForest", [.init("sse2"), .init("avx")]),
        ] {
            #expect(try redundant(CPUDefinition(kind: .guest, model: model, features: features)).isEmpty, "\(model)")
        }
        let emulated = CPUDefinition(kind: .guest, model: "Penryn", features: [.init("avx2", .disable)])
        #expect(try redundant(emulated, type: "qemu").isEmpty)
        #expect(try redundant(emulated, type: "qemu", check: " check='partial'").count == 1)
        #expect(try redundant(emulated).count == 1)
    }

    @Test("The record of QEMU's models is used only with the CPU map that it was compared with")
    func otherMap() throws {
        var x86 = try X86Map(vendors: Self.map.x86.vendors, features: Self.map.x86.features)
        for model in Self.map.x86.models.dropLast() { try x86.append(model) }
        let other = CPUMap(libvirtVersion: "9.0.0", x86: x86, ppc64: Self.map.ppc64, arm: Self.map.arm)
        #expect(CPUKnowledge(map: other).qemu == nil)
        #expect(CPUKnowledge(map: Self.map).qemu != nil)
        #expect(CPUKnowledge().qemu != nil)
    }
}
