import Testing

@testable import Lint

@Suite("The spelling of UUIDs")
struct CanonicalUUIDTests {
    @Test("However a definition spells a UUID, it is printed in lower case with dashes", arguments: [
        "c7a5fdbd-edaf-9455-926a-d65c16db1809", "C7A5FDBD-EDAF-9455-926A-D65C16DB1809", "c7a5fdbdedaf9455926ad65c16db1809",
        " c7a5-fdbdedaf9455926a-d65c16db1809\n",
    ])
    func spellings(_ text: String) {
        #expect(canonical(uuid: text) == "c7a5fdbd-edaf-9455-926a-d65c16db1809")
    }

    @Test("What is no UUID is printed as it is", arguments: [
        "", "-", "c7a5fdbd", "g7a5fdbd-edaf-9455-926a-d65c16db1809", "c7a5fdbd-edaf-9455-926a-d65c16db18091", "①7a5fdbd-edaf-9455-926a-d65c16db1809",
    ])
    func others(_ text: String) {
        #expect(canonical(uuid: text) == text)
    }
}
