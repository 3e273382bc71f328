import CPUModel
@testable import Hosts
import TestSupport
import Testing
import XMLTree

@Suite("The machine that the program runs on")
struct LocalMachineTests {
    /// libvirt's dumps stand in for processors. The words that are read from a dump must be those that libvirt read.
    @Test("The same leaves and subleaves are read as by libvirt", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func subleaves() throws {
        var (whole, words) = (0, 0)
        let directory = "\(Corpus.libvirt!)/tests/cputestdata"
        for path in Corpus.xmlFiles(in: directory) where path.hasSuffix("-host.xml") && path.contains("x86_64-cpuid-") {
            let dump = try CPUIDData(XMLElement(parsing: Corpus.read(path.replacing("-host.xml", with: ".xml"))))
            let data = try #require(
                CPUIDData.read { leaf, subleaf in
                    CPUIDRegisters(
                        eax: dump[leaf, subleaf, .eax], ebx: dump[leaf, subleaf, .ebx], ecx: dump[leaf, subleaf, .ecx],
                        edx: dump[leaf, subleaf, .edx])
                })
            // Old dumps lack newer leaves, so only the words that are read can be compared.
            for (address, word) in data.words { #expect(dump[address] == word, "\(path)") }
            words += data.words.count
            let map = CPUMap.builtIn.x86
            let lost = map.featureNames(in: map.features(of: dump) - map.features(of: data)).filter { name in
                map.feature(named: name)!.bits.contains { if case .cpuid = $0.address { true } else { false } }
            }
            if lost.isEmpty { whole += 1 } else { Issue.record("\(path) loses \(lost)") }
        }
        #expect(whole == 41)
        #expect(words > 2000, "\(words)")
    }

    @Test("Reading ends even if the processor returns wrong values")
    func nonsense() {
        let all = CPUIDRegisters(eax: .max, ebx: .max, ecx: .max, edx: .max)
        #expect(CPUIDData.read { _, _ in all }?.words.count ?? 0 < 100_000)
        #expect(CPUIDData.read { leaf, _ in leaf == 0 ? CPUIDRegisters(eax: 0x20) : all } != nil)
        #expect(CPUIDData.read { _, _ in nil } == nil)
    }

    @Test("The host is named local and has, on x86, an architecture and a CPU")
    func local() throws {
        let host = try Host.local()
        #expect(host.name == "local")
        #if arch(x86_64)
        #expect(host.cpu?.architecture == "x86_64" && host.cpu?.model != nil && host.cpu?.signature != nil)
        #expect(!host.hasModelSpecificRegisters)
        // A second reading gives the same CPU, on whatever core.
        #expect(try Host.local().cpu == host.cpu)
        #endif
    }
}
