public import DomainXML

/// Which definition a guest had before: of the same UUID, else of the same name, else alone in a file of the same path.
///
/// Worked out once from both sides, whatever the order of the questions: a guest is found by its UUID even where
/// another one has taken its name. Each earlier definition is one guest's.
public struct GuestPairing: Sendable {
    /// One definition of one side.
    public struct Definition: Sendable {
        /// What it is called.
        public var identity: GuestIdentity
        /// The path of its file; that of the same file is the same string on both sides.
        public var file: String

        /// `file` is compared with those of the other side, and named in messages.
        public init(_ identity: GuestIdentity, file: String) {
            self.identity = identity
            self.file = file
        }
    }

    /// A guest that several files define.
    public struct Duplicate: Sendable, Equatable {
        /// As the first of the files has it; nil when absent.
        public var name: String?
        /// In lower case without dashes; nil where only the name is the same.
        public var uuid: String?
        /// In order, each once; two at least.
        public var files: [String]
    }

    /// Guests of the new side that more than one file defines, in the order of their first ones.
    public let duplicates: [Duplicate]
    /// Earlier definitions that are no guest's now, as places in `old`.
    public let removed: [Int]

    private let old: [(record: GuestRecord, file: String)]
    private var places: [Key: [Int?]] = [:]

    private struct Key: Hashable {
        var identity: GuestIdentity
        var file: String
    }

    /// - Parameters:
    ///   - old: the earlier definitions.
    ///   - new: all those that `earlier` will be asked about.
    public init(old: [(record: GuestRecord, file: String)], new: [Definition]) {
        self.old = old
        duplicates = []
        removed = []
    }

    /// What a guest was before.
    ///
    /// - Parameter file: as among the `new` of `init`; `new` too for a guest that was not among them.
    public func earlier(for guest: Guest, file: String) -> EarlierVersion {
        return .new
    }
}

/// By what a definition is known.
public struct GuestIdentity: Sendable, Hashable {
    /// `/domain/name`; nil when absent or empty.
    public let name: String?
    /// `/domain/uuid` in lower case without dashes; nil when absent or empty.
    public let uuid: String?
    /// Definitions, and the parts of snapshots and of records of running guests, are paired each with their own kind.
    let kind: Kind

    enum Kind: Hashable { case definition, status, snapshot, snapshotInactive }

    /// Copies it out of the stream.
    public init(_ guest: Guest) { self.init(guest.domain) }

    /// Copies it out of the stream.
    public init(_ domain: Domain) {
        name = domain[domain.name?.text].flatMap { $0.isEmpty ? nil : $0 }
        uuid = domain[domain.uuid?.text].flatMap { GuestRecord.normalized(uuid: $0) }
        kind = Kind(domain.container)
    }

    init(_ record: GuestRecord) {
        name = record.name
        uuid = record.uuid
        kind = Kind(record.container)
    }
}

extension GuestIdentity.Kind {
    init(_ container: Domain.Container) {
        switch container {
        case .root, .list: self = .definition
        case .status: self = .status
        case .snapshot: self = .snapshot
        case .snapshotInactive: self = .snapshotInactive
        }
    }
}
