import CPUModel
import Testing

@testable import Lint

@Suite("The table of facts about security and stability")
struct SecurityTableTests {
    private let x86 = CPUMap.builtIn.x86

    @Test("Every fact has known features and vendors, a month that has passed, and a source")
    func facts() {
        for fact in SecurityFact.all {
            let names = fact.names + fact.immunity + fact.never + fact.onlyWith
            for name in names where name != "ssb-no" { #expect(x86.feature(named: name) != nil, "\(name)") }
            #expect(fact.vendors.allSatisfy { x86.vendor(named: $0) != nil } && !fact.vendors.isEmpty)
            let parts = fact.since.split(separator: "-").compactMap { Int($0) }
            #expect(parts.count == 2 && (2018...2026).contains(parts[0]) && (1...12).contains(parts[1]), "\(fact.since)")
            #expect(!fact.source.isEmpty && !fact.generation.isEmpty && !fact.attack.isEmpty)
        }
        for fact in RemovableFeature.all {
            #expect(fact.names.allSatisfy { x86.feature(named: $0) != nil })
            #expect(fact.events.contains("20") && !fact.source.isEmpty)
        }
    }

    @Test("No feature has two facts for one vendor")
    func once() {
        for vendor in ["Intel", "AMD"] {
            let names = SecurityFact.all.filter { $0.vendors.contains(vendor) }.flatMap(\.names)
            #expect(Set(names).count == names.count)
        }
    }

    // What virsh capabilities of libvirt 11.3 with QEMU 10.0, and of 12.9 with 11.1, mark as deprecated and no longer list.
    @Test("The lifetimes of machine types are those that QEMU 10.0 and 11.1 show", arguments: [
        ("2.4", true, false, true, true), ("4.2", true, false, true, true), ("5.1", true, false, true, true),
        ("5.2", true, false, true, false), ("7.0", true, false, true, false), ("7.1", false, false, true, false),
        ("8.1", false, false, true, false), ("8.2", false, false, false, false), ("10.0", false, false, false, false),
    ])
    func lifetimes(machine: String, markedBy10: Bool, goneIn10: Bool, markedBy11: Bool, goneIn11: Bool) throws {
        let life = MachineLifetime(machine: try #require(MachineVersion(machine: "pc-q35-\(machine)")))
        let ten = MachineVersion(major: 10, minor: 0), eleven = MachineVersion(major: 11, minor: 1)
        #expect((life.deprecation <= ten) == markedBy10 && (life.deletion <= ten) == goneIn10)
        #expect((life.deprecation <= eleven) == markedBy11 && (life.deletion <= eleven) == goneIn11)
        #expect(life.deprecation > MachineVersion(major: 7, minor: 2), "QEMU 7.2 marks none of these")
    }
}
