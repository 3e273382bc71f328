import DomainXML
import Lint
import Testing

@Suite("Pairing of guests with their earlier definitions")
struct GuestPairingTests {
    private static func definition(_ name: String?, _ uuid: String?, _ cpu: String = "") -> String {
        "<domain type='kvm'>\(name.map { "<name>\($0)</name>" } ?? "")\(uuid.map { "<uuid>\($0)</uuid>" } ?? "")\(cpu)</domain>"
    }

    private static let ids = ["4dea22b3-1d52-d8f3-2516-782e98ab3fa0", "c7a5fdbd-edaf-9455-926a-d65c16db1809"]

    private typealias Side = [(file: String, xml: String)]

    /// The index in `old` of the earlier definition of each guest in `new`.
    private func places(_ old: Side, _ new: Side) throws -> (places: [Int?], pairing: GuestPairing) {
        let before = try old.flatMap { side in try records(side.xml).map { ($0, side.file) } }
        let after = try new.flatMap { side in
            try records(side.xml).map { GuestPairing.Definition(GuestIdentity($0), file: side.file) }
        }
        let pairing = GuestPairing(old: before, new: after)
        return (after.map { pairing.place(of: $0.identity, file: $0.file) }, pairing)
    }

    @Test("The UUID comes before the name, and the name before the path")
    func order() throws {
        let a = Self.definition("a", Self.ids[0]), b = Self.definition("b", Self.ids[1])
        // Moved and renamed; then without a UUID; then with another name in the same file and in another one.
        #expect(try places([("1", a), ("2", b)], [("3", Self.definition("b", Self.ids[0])), ("4", Self.definition("a", Self.ids[1]))]).places == [0, 1])
        #expect(try places([("1", a), ("2", b)], [("9", Self.definition("b", nil)), ("8", Self.definition("a", nil))]).places == [1, 0])
        #expect(try places([("1", a)], [("1", Self.definition("z", nil))]).places == [0])
        #expect(try places([("1", a)], [("2", Self.definition("z", nil))]).places == [nil])
    }

    @Test("UUIDs are compared without case and dashes")
    func spelling() throws {
        let other = "4DEA22B31D52D8F32516782E98AB3FA0"
        #expect(try places([("1", Self.definition("a", Self.ids[0])), ("1", Self.definition("b", Self.ids[1]))],
                           [("2", Self.definition("x", other))]).places == [0])
    }

    @Test("A guest that takes the name of another is new, whatever the order of the definitions")
    func takenOver() throws {
        let old: Side = [("1", Self.definition("a", Self.ids[0]))]
        let clone = ("1", Self.definition("a", Self.ids[1])), original = ("2", Self.definition("b", Self.ids[0]))
        #expect(try places(old, [clone, original]).places == [nil, 0])
        #expect(try places(old, [original, clone]).places == [0, nil])
    }

    @Test("The original and its copies belong to one earlier definition, and are duplicates")
    func copies() throws {
        let a = Self.definition("a", Self.ids[0])
        let (places, pairing) = try places([("b", a)], [("a", a), ("b", a)])
        #expect(places == [0, 0])
        #expect(try self.places([("b", a)], [("c", a), ("d", Self.definition("x", Self.ids[0]))]).places == [0, 0])
        let duplicate = try #require(pairing.duplicates.first)
        #expect(pairing.duplicates.count == 1 && duplicate.name == "a" && duplicate.files == ["a", "b"])
        #expect(duplicate.uuid == Self.ids[0].filter { $0 != "-" })
        #expect(try self.places([], [("a", a), ("b", Self.definition("a", Self.ids[1]))]).pairing.duplicates.map(\.uuid) == [nil])
        #expect(try self.places([], [("a", a), ("a", a)]).pairing.duplicates == [])
    }

    @Test("Definitions are paired by path only if each is alone in its file")
    func alone() throws {
        let x = Self.definition("x", nil), y = Self.definition("y", nil), z = Self.definition("z", nil)
        #expect(try places([("1", "<domains>\(x)\(y)</domains>")], [("1", z)]).places == [nil])
        #expect(try places([("1", x)], [("1", "<domains>\(z)\(y)</domains>")]).places == [nil, nil])
        #expect(try places([("1", x)], [("1", z)]).pairing.removed == [])
        #expect(try places([("1", x), ("2", y)], [("3", y)]).pairing.removed == [0])
    }

    @Test("Definitions in snapshots are paired with each other, and are no duplicates")
    func snapshots() throws {
        let a = Self.definition("a", Self.ids[0])
        let inactive = a.replacing("domain", with: "inactiveDomain")
        let snapshot = "<domainsnapshot><name>s</name>\(a)\(inactive)</domainsnapshot>"
        let (places, pairing) = try places([("vm", a), ("snap", snapshot)], [("snap", snapshot), ("vm", a)])
        #expect(places == [1, 2, 0])
        #expect(pairing.duplicates == [])
    }

    @Test("A definition that was moved into or out of a snapshot in its file is paired")
    func wrapped() throws {
        let a = Self.definition("a", Self.ids[0]), named = Self.definition("n", nil)
        func snapshot(_ xml: String) -> String { "<domainsnapshot><name>s</name>\(xml)</domainsnapshot>" }
        #expect(try places([("1", a)], [("1", snapshot(a))]).places == [0])
        #expect(try places([("1", snapshot(a))], [("1", a)]).places == [0])
        // Another file can hold the definition that has this UUID.
        #expect(try places([("1", snapshot(a))], [("1", a)]).pairing.newUUIDs.count == 1)
        #expect(try places([("1", named)], [("1", snapshot(named))]).places == [0])
        #expect(try places([("1", Self.definition("a", Self.ids[1]) + a)], [("1", snapshot(a))]).places == [1], "by UUID before name")
        // A new snapshot is in a file of its own, or beside the definition.
        #expect(try places([("1", a)], [("2", snapshot(a))]).places == [nil])
        #expect(try places([("1", a)], [("1", snapshot(a) + a)]).places == [nil, 0])
    }

    @Test("Guests without names and UUIDs are paired by path")
    func nameless() throws {
        let nameless = Self.definition(nil, nil)
        #expect(try places([("1", nameless), ("2", nameless)], [("2", nameless), ("1", nameless)]).places == [1, 0])
    }

    @Test("The time is linear in the number of guests with the same name")
    func many() throws {
        let one = GuestIdentity(try #require(records(Self.definition("a", Self.ids[0])).first))
        let record = try #require(records(Self.definition("a", Self.ids[0])).first)
        let count = 20_000
        let pairing = GuestPairing(
            old: (0..<count).map { (record, "f\($0)") },
            new: (0..<count).reversed().map { GuestPairing.Definition(one, file: "f\($0)") })
        #expect(pairing.place(of: one, file: "f17") == 17)
        #expect(pairing.duplicates.count == 1 && pairing.duplicates[0].files.count == count)
    }
}
