import LibvirtWords
import TestSupport
import Testing
import XMLTree

@Suite("Architectures")
struct ArchitectureTests {
    @Test("An architecture belongs to the family that lists its name; others to no known family", arguments: [
        ("x86_64", .x86), ("i686", .x86), ("aarch64", .arm64), ("armv7l", .arm), ("ppc64le", .ppc64), ("s390x", .s390),
        ("riscv64", .riscv64), ("loongarch64", .loongarch64), ("sparc", .other), ("amd64", .other), ("arm", .other),
        ("", .other),
    ] as [(String, ArchitectureFamily)])
    func families(_ name: String, family: ArchitectureFamily) {
        let architecture = Architecture(name: name)
        #expect(architecture.family == family && architecture.facts.family == family)
        #expect(architecture.name == name && architecture.description == name && !architecture.isAssumed)
    }

    @Test("The table has one row for each family, in its order, and each name once")
    func table() {
        #expect(ArchitectureFacts.all.map(\.family) == ArchitectureFamily.allCases)
        #expect(Set(ArchitectureFacts.allNames).count == ArchitectureFacts.allNames.count)
        #expect(Architecture.x86_64 == Architecture(name: Architecture.defaultName) && Architecture.x86_64.family == .x86)
    }

    @Test("Every name in the table is libvirt's", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func names() throws {
        let types = try XMLElement(parsing: Corpus.read(Corpus.libvirt! + "/src/conf/schemas/basictypes.rng"))
        let known = Set(CPUWordsTests.choices(in: types).flatMap { $0 })
        // The grammar lacks armv7b, which libvirt's virarch.c has.
        for name in ArchitectureFacts.allNames where name != "armv7b" { #expect(known.contains(name), "\(name)") }
        for facts in ArchitectureFacts.all {
            for name in (facts.kernelNames + facts.emulatorNames).map(\.libvirtName) {
                #expect(facts.names.contains(name), "\(name)")
            }
        }
    }

    @Test("Names of uname -m become libvirt's; others stay", arguments: [
        ("x86_64", "x86_64"), ("amd64", "x86_64"), ("i586", "i686"), ("arm64", "aarch64"), ("armv8l", "armv7l"),
        ("ppc64le", "ppc64le"), ("vax", "vax"),
    ])
    func kernel(_ machine: String, name: String) {
        #expect(ArchitectureFacts.name(fromKernel: machine) == name)
    }

    @Test("Names of QEMU's targets become libvirt's; others stay", arguments: [
        ("x86_64", "x86_64"), ("i386", "i686"), ("arm", "armv7l"), ("aarch64", "aarch64"), ("ppc64", "ppc64"),
        // QEMU has no target of this name, so it is not read as the kernel's.
        ("amd64", "amd64"),
    ])
    func emulator(_ target: String, name: String) {
        #expect(ArchitectureFacts.name(fromEmulator: target) == name)
    }

    @Test("x86 and ppc64 have a driver that compares CPUs; other architectures, and none, have not", arguments: [
        ("x86_64", .x86), ("i686", .x86), ("ppc64", .ppc64), ("ppc64le", .ppc64), ("aarch64", nil), ("armv7l", nil),
        ("s390x", nil), ("unknown", nil), (nil, nil),
    ] as [(String?, CPUDriver?)])
    func driver(_ name: String?, driver: CPUDriver?) {
        #expect(CPUDriver(architecture: name) == driver)
    }

    @Test("A host runs its own architecture and the smaller ones of its family natively", arguments: [
        ("x86_64", "x86_64", true), ("i686", "x86_64", true), ("x86_64", "i686", false), ("aarch64", "x86_64", false),
        ("armv7l", "aarch64", true), ("aarch64", "armv7l", false), ("ppc64", "ppc64le", true), ("ppc64le", "ppc64", true),
        ("s390", "s390x", false), ("vax", "vax", true),
    ])
    func native(_ guest: String, host: String, isNative: Bool) {
        #expect(ArchitectureFacts.isNative(guest, on: host) == isNative)
    }
}
