/// What is known about an earlier version of a guest's definition.
public enum EarlierGuest: Sendable {
    /// Nothing, because nobody looked for one. Rules about changes then find nothing.
    case unknown
    /// There is no earlier version, so nothing is installed in the guest yet.
    case new
    /// The earlier version, and the file that contains it, as messages name it.
    indirect case old(GuestRecord, file: String)
    /// The guest was deleted and comes back. These are its former definitions, at least one, the last first. It is compared with
    /// the one that differs most.
    case deleted([FormerDefinition])

    /// The earlier definitions; empty if there is none, or none is known.
    var definitions: [FormerDefinition] {
        switch self {
        case .unknown, .new: []
        case .old(let record, let file): [FormerDefinition(record, file: file)]
        case .deleted(let former): former
        }
    }
}

/// A definition that a guest had. A class, so that the copies of a guest share it.
public final class FormerDefinition: Sendable {
    /// The copy of the definition.
    public let record: GuestRecord
    /// The file that contained it, as messages name it.
    public let file: String
    /// The path of the file; nil if it does not matter.
    package let path: String?

    /// - Parameters:
    ///   - record: the copy of the definition.
    ///   - file: the file that contained it, as messages name it.
    ///   - path: the file's path; nil if it does not matter.
    public init(_ record: GuestRecord, file: String, path: String? = nil) {
        self.record = record
        self.file = file
        self.path = path
    }
}
