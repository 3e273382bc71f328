/// The change since a guest's earlier version, for the rules about changes.
///
/// A class, so that an `Inspection` without a change has only an empty reference.
final class SeenChange {
    let old: GuestRecord
    /// The file that contains the earlier version, as messages name it.
    let file: String
    let what: GuestChange

    /// Compares a guest with its earlier definitions, and keeps the one that differs most: of a Windows guest rather than of
    /// another, where that is certain rather than possible, and the first of several that differ as much.
    ///
    /// - Returns: nil if there is no earlier definition.
    init?(of guest: Guest, since definitions: [FormerDefinition], on hosts: StartCheck) {
        guard !definitions.isEmpty else { return nil }
        let record = GuestRecord(guest)
        let changes = definitions.map { (definition: $0, what: GuestChange.between($0.record, record, on: hosts)) }
        func gravity(_ change: (definition: FormerDefinition, what: GuestChange)) -> (gravity: Int, certainty: Int) {
            if change.what.isNone { return (0, 0) }
            let certainty = switch change.definition.record.windowsGrade {
            case nil: 0
            case .possible: 1
            case .likely: 2
            case .certain: 3
            }
            return (change.what.gravity + (certainty == 0 ? 0 : GuestChange.mostGravity), certainty)
        }
        var gravest = changes[0]
        for change in changes.dropFirst() where gravity(change) > gravity(gravest) { gravest = change }
        (old, file, what) = (gravest.definition.record, gravest.definition.file, gravest.what)
    }
}

extension GuestChange {
    fileprivate static let mostGravity = 4

    /// Certain differences are graver than possible ones.
    fileprivate var gravity: Int {
        if items.contains(where: { !$0.isMinor }) { return Self.mostGravity }
        if !items.isEmpty { return 3 }
        return doubts.isEmpty ? 0 : isNoneAsFarAsKnown ? 1 : 2
    }
}
