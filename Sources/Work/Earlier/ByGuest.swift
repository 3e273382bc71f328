import Lint

/// Values of guests, found by their definitions. Two definitions of the same kind are those of one guest if their UUIDs are
/// the same, or their names if one of the definitions has no UUID.
struct ByGuest<Value> {
    private struct Key: Hashable {
        var kind: GuestIdentity.Kind
        /// The UUID or the name.
        var text: ExactText
    }

    private var byUUID: [Key: Value] = [:]
    /// Those of definitions without a UUID, by the name.
    private var byName: [Key: Value] = [:]
    /// Those of definitions with a UUID, by the name.
    private var byNameBesideUUID: [Key: Value] = [:]

    /// Changes the value that definitions like this one have.
    mutating func update(_ guest: GuestIdentity, _ change: (inout Value?) -> Void) {
        let name = guest.name.map { Key(kind: guest.kind, text: ExactText($0)) }
        guard let uuid = guest.uuid else {
            if let name { change(&byName[name]) }
            return
        }
        change(&byUUID[Key(kind: guest.kind, text: ExactText(uuid))])
        if let name { change(&byNameBesideUUID[name]) }
    }

    /// The values of the definitions that are those of the same guest; empty if there are none.
    func values(for guest: GuestIdentity) -> [Value] {
        let name = guest.name.map { Key(kind: guest.kind, text: ExactText($0)) }
        let others = guest.uuid.map { byUUID[Key(kind: guest.kind, text: ExactText($0))] } ?? name.flatMap { byNameBesideUUID[$0] }
        return [others, name.flatMap { byName[$0] }].compactMap(\.self)
    }
}
