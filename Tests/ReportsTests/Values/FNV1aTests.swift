import Reports
import Testing

@Suite("FNV-1a")
struct FNV1aTests {
    /// Vectors of draft-eastlake-fnv, appendix C, and of the authors' test suite.
    @Test("The published 64-bit values", arguments: [
        ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("b", 0xaf63_df4c_8601_f1a5),
        ("foobar", 0x8594_4171_f739_67e8),
    ] as [(String, UInt64)])
    func vectors(_ text: String, _ value: UInt64) {
        #expect(FNV1a(text.utf8).value == value)
    }

    @Test("Adding byte by byte gives the same value as all bytes at once")
    func bytes() {
        let text = Array("virt-cpu\0\u{e9}".utf8)
        var hash = FNV1a()
        for byte in text { hash.add(byte) }
        #expect(hash.value == FNV1a(text).value)
    }
}
