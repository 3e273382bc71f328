import Lint
import Testing

@Suite("invalid-numa")
struct InvalidNUMATests {
    // virsh define of libvirt 9.0, 11.3 and 12.9: "Number of CPUs in <numa> exceeds the <vcpu> count".
    @Test("<vcpu>0</vcpu> is named as the mistake, not the cells")
    func noVCPU() throws {
        let numa = "<cpu><model fallback='forbid'>Haswell</model><numa><cell id='0' cpus='0-1' memory='65536'/></numa></cpu>"
        let xml = domain(numa).replacing("<os>", with: "<vcpu>0</vcpu><os>")
        let found = try judge(xml).findings.filter { $0.rule == "invalid-numa" }
        #expect(found.map(\.message) == ["<vcpu> says 0, but a guest has at least one vCPU, and the NUMA cells have 2"])
        #expect(found.map(\.severity) == [.error] && found[0].sourceLine.dropFirst(found[0].start.column - 1).hasPrefix("0</vcpu>"))
    }

    @Test(
        "A vCPU in two cells is found, whatever the largest number of each cell is",
        arguments: [
            (["0-63", "64-127,^70"], nil), (["0-63", "64"], nil), (["0-63", "100,5"], "vCPU 5 is in NUMA cells 0 and 1"),
            (["100,5", "0-63"], "vCPU 5 is in NUMA cells 0 and 1"), (["64-70", "0-63", "3,66"], "vCPU 3 is in NUMA cells 1 and 2"),
        ] as [([String], String?)])
    func sharedVCPU(_ cells: [String], _ message: String?) throws {
        let numa = cells.enumerated().map { "<cell id='\($0)' cpus='\($1)' memory='65536'/>" }.joined()
        let xml = domain("<cpu><numa>\(numa)</numa></cpu>").replacing("<os>", with: "<vcpu>128</vcpu><os>")
        #expect(try judge(xml).findings.filter { $0.rule == "invalid-numa" }.map(\.message) == (message.map { [$0] } ?? []))
    }
}
