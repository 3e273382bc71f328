import Lint
import TestSupport
import Testing

@testable import Work

@Suite("Guests that several files define")
struct DuplicateGuestTests {
    private func texts(_ files: [(name: String, xml: String)]) throws -> [String] {
        var definitions: [GuestPairing.Definition] = []
        for file in files {
            try readDocuments(Array(file.xml.utf8)) { document in
                definitions += document.domains.map {
                    GuestPairing.Definition(GuestIdentity(Guest($0, in: document)), file: file.name)
                }
            }
        }
        return GuestPairing.duplicates(among: definitions).map(\.text)
    }

    private let uuid = "<uuid>C7A5FDBDEDAF9455926AD65C16DB1809</uuid>"

    @Test("A name in two files")
    func name() throws {
        #expect(try texts([("a.xml", Definitions.hostModel), ("b.xml", Definitions.passthrough)]) == ["domain g is defined in a.xml, b.xml"])
        #expect(try texts([("a.xml", Definitions.hostModel), ("b.xml", Definitions.invalid)]) == [])
    }

    @Test("A UUID of several domains is shown as virsh prints it")
    func sharedUUID() throws {
        let files = [
            ("a.xml", Definitions.guest("", name: "web", extra: uuid)), ("b.xml", Definitions.guest("", name: "copy", extra: uuid)),
            ("c.xml", "<domain>\(uuid)</domain>"),
        ]
        #expect(try texts(files) == [
            "several domains share the UUID c7a5fdbd-edaf-9455-926a-d65c16db1809: web in a.xml, copy in b.xml, a domain without a name in c.xml",
        ])
    }
}
