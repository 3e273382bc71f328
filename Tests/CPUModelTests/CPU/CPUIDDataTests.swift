import CPUModel
import Testing

struct CPUIDDataTests {
    @Test func signatureIsReadFromLeafOne() {
        var data = CPUIDData()
        #expect(data.signature == nil)
        data.addLeaf(1, subleaf: 0, eax: 0x0005_0654, ebx: 0, ecx: 0, edx: 0)
        #expect(data.signature == CPUSignature(family: 6, model: 85, stepping: 4))
        #expect(CPUSignature(eax: 0x0083_0f10) == CPUSignature(family: 23, model: 49, stepping: 0))
    }
}
