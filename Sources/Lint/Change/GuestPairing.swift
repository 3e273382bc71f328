public import DomainXML

/// Which definition a guest had before: of the same UUID, else of the same name, else alone in a file of the same path,
/// else one that was made a snapshot's there, or taken out of one.
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
        /// What the guest is called in each of them; nil when absent.
        public var names: [String?]
    }

    /// Guests of the new side that more than one file defines, in the order of their first ones.
    public let duplicates: [Duplicate]
    /// Earlier definitions that are no guest's now, as places in `old`.
    public let removed: [Int]
    /// UUIDs of guests of the new side that have no earlier definition: in lower case without dashes. A copy brings its
    /// original's.
    public let newUUIDs: Set<String>

    private let old: [(record: GuestRecord, file: String)]
    /// Of each guest of the new side, the place in `old`.
    private let places: [Key: Int]

    private struct Key: Hashable {
        var identity: GuestIdentity
        var file: String
    }

    /// - Parameters:
    ///   - old: the earlier definitions.
    ///   - new: all those that `earlier` will be asked about.
    public init(old: [(record: GuestRecord, file: String)], new: [Definition]) {
        self.old = old
        var matching = Matching(old: old.map { Definition(GuestIdentity($0.record), file: $0.file) }, new: new)
        matching.pair(by: \.uuid)
        matching.pair(by: \.name)
        matching.pairAloneInTheirFiles()
        matching.pairAcrossKinds(by: \.uuid)
        matching.pairAcrossKinds(by: \.name)
        var places: [Key: Int] = [:]
        for (index, place) in matching.places.enumerated() {
            guard let place else { continue }
            let key = Key(identity: new[index].identity, file: new[index].file)
            if places[key] == nil { places[key] = place }
        }
        self.places = places
        removed = old.indices.filter { !matching.isTaken[$0] }
        newUUIDs = Set(new.indices.filter { matching.places[$0] == nil && new[$0].identity.kind == .definition }.compactMap { new[$0].identity.uuid })
        duplicates = Self.duplicates(among: new)
    }

    /// What a guest was before; `new` also for one that was not announced.
    ///
    /// - Parameter file: as in the `new` of `init`.
    public func earlier(for guest: Guest, file: String) -> EarlierGuest {
        guard let place = place(of: GuestIdentity(guest), file: file) else { return .new }
        return .old(old[place].record, file: old[place].file)
    }

    /// The place in `old` of what a guest was before; nil for one that is new.
    public func place(of identity: GuestIdentity, file: String) -> Int? {
        places[Key(identity: identity, file: file)]
    }

    /// Guests that more than one file defines, in the order of their first ones. Snapshots and records of running guests
    /// repeat their guest's definition, and do not count.
    public static func duplicates(among new: [Definition]) -> [Duplicate] {
        var byUUID: [String: Int] = [:], byName: [String: Int] = [:]
        var found: [Duplicate] = []
        var seen: [Set<String>] = []
        func begin(_ duplicate: Duplicate) -> Int {
            found.append(duplicate)
            seen.append(Set(duplicate.files))
            return found.count - 1
        }
        func add(_ definition: Definition, to index: Int) {
            guard seen[index].insert(definition.file).inserted else { return }
            found[index].files.append(definition.file)
            found[index].names.append(definition.identity.name)
        }
        for definition in new where definition.identity.kind == .definition {
            let identity = definition.identity
            if let uuid = identity.uuid {
                if let index = byUUID[uuid] {
                    add(definition, to: index)
                    continue
                }
                byUUID[uuid] = begin(Duplicate(name: identity.name, uuid: uuid, files: [definition.file], names: [identity.name]))
            }
            guard let name = identity.name else { continue }
            if let index = byName[name] {
                add(definition, to: index)
            } else {
                byName[name] = begin(Duplicate(name: name, uuid: nil, files: [definition.file], names: [identity.name]))
            }
        }
        return found.filter { $0.files.count > 1 }
    }
}

/// Gives each definition of the new side one of the old, in passes: what one has taken no later one gets.
private struct Matching {
    let old: [GuestPairing.Definition], new: [GuestPairing.Definition]
    var places: [Int?]
    var isTaken: [Bool]

    /// By what two definitions are one guest's.
    private struct Key: Hashable {
        var text: String
        var file: String?
        /// Nil for all of them.
        var kind: GuestIdentity.Kind?
    }

    init(old: [GuestPairing.Definition], new: [GuestPairing.Definition]) {
        self.old = old
        self.new = new
        places = Array(repeating: nil, count: new.count)
        isTaken = Array(repeating: false, count: old.count)
    }

    /// Those of the same file first: a copy elsewhere leaves the original its past.
    mutating func pair(by field: KeyPath<GuestIdentity, String?>) {
        func key(_ definition: GuestPairing.Definition, _ file: String?) -> Key? {
            definition.identity[keyPath: field].map { Key(text: $0, file: file, kind: definition.identity.kind) }
        }
        pair { key($0, $0.file) }
        pair { key($0, nil) }
    }

    mutating func pairAloneInTheirFiles() {
        let crowded = Self.crowded(old).union(Self.crowded(new))
        pair { crowded.contains($0.file) ? nil : Key(text: $0.file, kind: $0.identity.kind) }
    }

    /// A definition that has got a snapshot's element around it, or lost one, is no new one.
    mutating func pairAcrossKinds(by field: KeyPath<GuestIdentity, String?>) {
        pair { definition in
            definition.identity[keyPath: field].map { Key(text: $0, file: definition.file, kind: nil) }
        }
    }

    private mutating func pair(by key: (GuestPairing.Definition) -> Key?) {
        var free: [Key: [Int]] = [:]
        for index in old.indices.reversed() where !isTaken[index] {
            if let key = key(old[index]) { free[key, default: []].append(index) }
        }
        guard !free.isEmpty else { return }
        for index in new.indices where places[index] == nil {
            guard let key = key(new[index]), let place = free[key]?.popLast() else { continue }
            places[index] = place
            isTaken[place] = true
        }
    }

    private static func crowded(_ definitions: [GuestPairing.Definition]) -> Set<String> {
        var seen: Set<String> = [], crowded: Set<String> = []
        for definition in definitions where !seen.insert(definition.file).inserted { crowded.insert(definition.file) }
        return crowded
    }
}

/// By what a definition is known.
public struct GuestIdentity: Sendable, Hashable {
    /// `/domain/name`; nil when absent or empty.
    public let name: String?
    /// `/domain/uuid` in lower case without dashes; nil when absent or empty.
    public let uuid: String?
    /// Definitions, and the parts of snapshots and of records of running guests, are paired each with their own kind
    /// first.
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

    /// Of a definition that was read before.
    public init(_ record: GuestRecord) {
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
