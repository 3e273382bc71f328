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
        arguments: QEMUModels.builtIn.models.map(\.name).filter { Self.map.x86.model(named: $0) != nil })
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
        let known = map.x86.model(named: model)!
        let redundancy = Redundancy(of: known, in: map, qemu: .builtIn, under: .kvm, machine: nil)
        let without = CPUDefinition(kind: .guest, model: model, features: parents.map { .init($0) })
        let seen = try map.guestVisibleCPU(of: without, under: .kvm), expanded = try map.x86.expand(without)
        let own = map.x86.features(of: known, in: .builtIn, under: .kvm)
        var missed: [CPUDefinition.Feature] = []
        for policy in [CPUDefinition.Policy.require, .disable] {
            for line in names.map({ CPUDefinition.Feature($0, policy) }) {
                var with = without
                with.features.append(line)
                guard redundancy.isRedundant(line, in: with) else { continue }
                // With a parent that it lacks by itself, QEMU's model may have features that the record does not show.
                let isSame = try map.guestVisibleCPU(of: with, under: .kvm) == seen && map.x86.expand(with) == expanded
                let parent = parents.filter { $0 == map.x86.parent(ofFeature: line.name) }
                if !isSame || !map.x86.bits(ofFeatures: parent).isSubset(of: own) { missed.append(line) }
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

    @Test("What is redundant depends on the machine type", arguments: [
        ("Opteron_G4", CPUDefinition.Feature("rdtscp"), "3.1"), ("qemu64", .init("popcnt", .disable), "2.4"),
    ])
    func machines(model: String, line: CPUDefinition.Feature, oldMachine: String) throws {
        let known = try #require(Self.map.x86.model(named: model))
        let cpu = CPUDefinition(kind: .guest, model: model, features: [line])
        for (machine, isRedundant) in [(nil, true), ("pc", true), ("pc-q35-7.2", true), ("pc-i440fx-\(oldMachine)", false)] {
            let redundancy = Redundancy(of: known, in: Self.map, qemu: .builtIn, under: .kvm, machine: machine)
            #expect(redundancy.isRedundant(line, in: cpu) == isRedundant, "\(machine ?? "none")")
        }
        let text = "<cpu mode='custom' match='exact'><model fallback='forbid'>\(model)</model>"
            + "<feature policy='\(line.policy.rawValue)' name='\(line.name)'/></cpu>"
        for (machine, count) in [("pc-q35-7.2", 1), ("pc-q35-\(oldMachine)", 0)] {
            let found = try judge(domain(text, machine: machine)).findings.filter { $0.rule == "redundant-feature" }
            #expect(found.count == count, "\(machine)")
        }
    }

    @Test("A form of XSAVE is redundant beside xsave, which QEMU's model has anyway")
    func xsave() throws {
        let both = CPUDefinition(kind: .guest, model: "Skylake-Server-IBRS", features: [.init("xsave"), .init("xsavec"), .init("vmx")])
        #expect(try redundant(both).map(\.line) == [0, 1])
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
            ("Icelake-Client", [.init("sse2"), .init("avx")]),
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
        let other = CPUMap.builtIn(for: try #require(LibvirtVersion("9.0.0")))
        #expect(CPUKnowledge(map: other).qemu == nil, "Skylake-Server has mpx there")
        #expect(CPUKnowledge(map: Self.map).qemu != nil)
        #expect(CPUKnowledge().qemu != nil)
    }
}
