import Testing

@testable import CPUModel

struct MachineVersionTests {
    @Test(arguments: [
        ("pc-i440fx-2.4", MachineVersion(major: 2, minor: 4)), ("pc-q35-2.12", MachineVersion(major: 2, minor: 12)),
        ("pc-q35-4.0.1", MachineVersion(major: 4, minor: 0, micro: 1)), ("pc-1.3", MachineVersion(major: 1, minor: 3)),
        ("pc-q35-1234.1", MachineVersion(major: 1234, minor: 1)),
    ])
    func bothBoardsHaveTheVersionOfTheirNames(name: String, version: MachineVersion) {
        #expect(MachineVersion(machine: name) == version)
    }

    @Test(arguments: [
        "pc", "q35", "microvm", "isapc", "pc-q35-rhel9.4.0", "pc-i440fx-focal", "virt-8.2", "pc-q35-", "pc-q35-7", "pc-q35-7.",
        "pc-q35-7.2.", "pc-q35-7.2.0.1", "pc-q35--7.2", "pc-q35-+7.2", "pc-q35-٧.2", "pc-q35-99999999999999999999.1", "pc-q35-12345.1", "pc-q35-7.12345", "pc-q35-7x2", "pc-q35-7.2x1", "",
    ])
    func otherNamesHaveNone(name: String) { #expect(MachineVersion(machine: name) == nil) }

    @Test func versionsAreOrderedByTheirNumbers() {
        let names = ["pc-i440fx-1.7", "pc-q35-2.4", "pc-i440fx-2.12", "pc-q35-4.0", "pc-q35-4.0.1", "pc-q35-10.0"]
        let versions = names.compactMap { MachineVersion(machine: $0) }
        #expect(versions.count == names.count)
        for (older, newer) in zip(versions, versions.dropFirst()) { #expect(older < newer && !(newer < older)) }
        #expect(versions.map(\.description) == ["1.7", "2.4", "2.12", "4.0", "4.0.1", "10.0"])
    }
}
