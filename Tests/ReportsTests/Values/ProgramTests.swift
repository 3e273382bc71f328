import Testing

@testable import Reports

@Suite("What the program calls itself")
struct ProgramTests {
    @Test("A homepage is what the build stated, without slashes at its end; nothing is none", arguments: [
        ("https://example.org/virt-cpu", "https://example.org/virt-cpu"), ("https://example.org//", "https://example.org"), ("", nil), ("/", nil),
    ] as [(String, String?)])
    func homepage(_ stated: String, _ address: String?) {
        #expect(Program.address(stated) == address)
    }
}
