import Corpus
@testable import Hosts
import CPUModel
import Testing

@Suite("local")
struct LocalMachineTests {
    /// libvirt's dumps stand in for processors: what is read of one is what libvirt has read.
    @Test("Leaves and subleaves are those that libvirt reads", .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"))
    func subleaves() throws {
        var (whole, words) = (0, 0)
        let directory = "\(Corpus.libvirt!)/tests/cputestdata"
        for path in Corpus.xmlFiles(in: directory) where path.hasSuffix("-host.xml") && path.contains("x86_64-cpuid-") {
            let dump = try CPUIDData(XMLElementForTests.parse(Corpus.read(path.replacing("-host.xml", with: ".xml"))))
            let data = try #require(
                CPUIDData.read { leaf, subleaf in
                    CPUIDRegisters(
                        eax: dump[leaf, subleaf, .eax], ebx: dump[leaf, subleaf, .ebx], ecx: dump[leaf, subleaf, .ecx],
                        edx: dump[leaf, subleaf, .edx])
                })
            // Some dumps are older than the leaves of today, and nothing is read that is not there.
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

    @Test("A processor that answers nonsense keeps nobody")
    func nonsense() {
        let all = CPUIDRegisters(eax: .max, ebx: .max, ecx: .max, edx: .max)
        #expect(CPUIDData.read { _, _ in all }?.words.count ?? 0 < 100_000)
        #expect(CPUIDData.read { leaf, _ in leaf == 0 ? CPUIDRegisters(eax: 0x20) : all } != nil)
        #expect(CPUIDData.read { _, _ in nil } == nil)
    }

    @Test("This machine has a name, an architecture and, on x86, a CPU")
    func local() throws {
        let host = try Host.local()
        #expect(host.name == "local")
        #if arch(x86_64)
        #expect(host.cpu?.architecture == "x86_64" && host.cpu?.model != nil && host.cpu?.signature != nil)
        #expect(!host.hasModelSpecificRegisters)
        // Reading twice gives the same, whatever core it is on.
        #expect(try Host.local().cpu == host.cpu)
        #endif
    }
}
