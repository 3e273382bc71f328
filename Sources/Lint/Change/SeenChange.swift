/// The change since a guest's earlier version, for the rules about changes.
///
/// A class, so that an `Inspection` without a change has only an empty reference.
final class SeenChange {
    let old: GuestRecord
    /// The file that contains the earlier version, as messages name it.
    let file: String
    let what: GuestChange

    init(old: GuestRecord, file: String, what: GuestChange) {
        self.old = old
        self.file = file
        self.what = what
    }
}
