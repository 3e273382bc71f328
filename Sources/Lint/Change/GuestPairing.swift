/// Pairs each guest with its earlier definition.
///
/// The earlier definition is one with the same UUID, or else one with the same name, or else the only definition in a
/// file with the same path, or else one that was moved into or out of a snapshot in the same file. Each earlier
/// definition belongs to at most one guest, but for copies: guests with the UUID of one earlier definition all belong to
/// it, so that none of them passes for new.
///
/// All pairs are determined in `init` from both sides, so they do not depend on the order of later questions. For
/// example, a guest is found by its UUID even if another guest has taken its name.
public struct GuestPairing: Sendable {
    /// One definition of one side.
    public struct Definition: Sendable {
        /// The name and the UUID of the guest.
        public var identity: GuestIdentity
        /// The path of the file. A file that exists on both sides must have the same path on both.
        public var file: String

        /// - Parameters:
        ///   - identity: the UUID and name of the domain.
        ///   - file: the path of the definition, which is compared with the paths of the other side.
        public init(_ identity: GuestIdentity, file: String) {
            self.identity = identity
            self.file = file
        }
    }

    /// A guest that is defined in several files.
    public struct Duplicate: Sendable, Equatable {
        /// The name in the first of the files; nil if there is none.
        public var name: String?
        /// The UUID in lower case without dashes; nil if only the names are the same.
        public var uuid: String?
        /// The files, at least two, in the order of the definitions.
        public var files: [String]
        /// The name in each of the files; nil if there is none.
        public var names: [String?]
    }

    /// Guests of the new side that are defined in several files, in the order of their first definitions.
    public let duplicates: [Duplicate]
    /// Earlier definitions that are paired with no guest, as indices of `old`.
    public let removed: [Int]
    /// UUIDs of guests of the new side that no earlier definition has, in lower case without dashes. A copy of a definition
    /// can have the UUID of an original that is not among the earlier definitions.
    public let newUUIDs: Set<String>

    private let old: [(record: GuestRecord, file: String)]
    /// The index in `old` of each paired guest of the new side.
    private let places: [Key: Int]

    private struct Key: Hashable {
        var identity: GuestIdentity
        var file: ExactText
    }

    /// - Parameters:
    ///   - old: the earlier definitions.
    ///   - new: all definitions that `earlier` and `place` will be asked about.
    public init(old: [(record: GuestRecord, file: String)], new: [Definition]) {
        self.old = old
        var matching = Matching(old: old.map { Definition(GuestIdentity($0.record), file: $0.file) }, new: new)
        matching.pair(by: \.uuid)
        matching.pairCopies()
        matching.pair(by: \.name)
        matching.pairAloneInTheirFiles()
        matching.pairAcrossKinds(by: \.uuid)
        matching.pairAcrossKinds(by: \.name)
        var places: [Key: Int] = [:]
        for (index, place) in matching.places.enumerated() {
            guard let place else { continue }
            let key = Key(identity: new[index].identity, file: ExactText(new[index].file))
            if places[key] == nil { places[key] = place }
        }
        self.places = places
        removed = old.indices.filter { !matching.isTaken[$0] }
        let known = Set(old.lazy.filter { GuestIdentity($0.record).kind == .definition }.compactMap(\.record.uuid))
        newUUIDs = Set(new.lazy.filter { $0.identity.kind == .definition }.compactMap(\.identity.uuid)).subtracting(known)
        duplicates = Self.duplicates(among: new)
    }

    /// The earlier version of a guest. A guest that was not part of `new` in `init` counts as new.
    ///
    /// - Parameters:
    ///   - guest: a guest of the new side.
    ///   - file: the path that its definition had in `new`.
    public func earlier(for guest: Guest, file: String) -> EarlierGuest {
        guard let place = place(of: GuestIdentity(guest), file: file) else { return .new }
        return .old(old[place].record, file: old[place].file)
    }

    /// The index in `old` of the earlier definition of a guest; nil for a new guest.
    public func place(of identity: GuestIdentity, file: String) -> Int? {
        places[Key(identity: identity, file: ExactText(file))]
    }

    /// Guests that are defined in several files, in the order of their first definitions. Snapshots and records of
    /// running guests do not count, because they repeat the definition of their guest.
    public static func duplicates(among new: [Definition]) -> [Duplicate] {
        var byUUID: [ExactText: Int] = [:], byName: [ExactText: Int] = [:]
        var found: [Duplicate] = []
        var seen: [Set<ExactText>] = []
        func begin(_ duplicate: Duplicate) -> Int {
            found.append(duplicate)
            seen.append(Set(duplicate.files.map(ExactText.init)))
            return found.count - 1
        }
        func add(_ definition: Definition, to index: Int) {
            guard seen[index].insert(ExactText(definition.file)).inserted else { return }
            found[index].files.append(definition.file)
            found[index].names.append(definition.identity.name)
        }
        for definition in new where definition.identity.kind == .definition {
            let identity = definition.identity
            if let uuid = identity.uuid {
                if let index = byUUID[ExactText(uuid)] {
                    add(definition, to: index)
                    continue
                }
                byUUID[ExactText(uuid)] = begin(Duplicate(name: identity.name, uuid: uuid, files: [definition.file], names: [identity.name]))
            }
            guard let name = identity.name else { continue }
            if let index = byName[ExactText(name)] {
                add(definition, to: index)
            } else {
                byName[ExactText(name)] = begin(Duplicate(name: name, uuid: nil, files: [definition.file], names: [identity.name]))
            }
        }
        return found.filter { $0.files.count > 1 }
    }
}

/// Finds an earlier definition for each definition of the new side, in passes with different criteria. A definition
/// that is paired in one pass takes no part in the later ones.
private struct Matching {
    let old: [GuestPairing.Definition], new: [GuestPairing.Definition]
    /// The index of the earlier definition for each of `new`.
    var places: [Int?]
    /// Whether each of `old` is paired.
    var isTaken: [Bool]

    /// Two definitions with the same key belong to the same guest.
    private struct Key: Hashable {
        /// The name, the UUID or the path.
        var text: ExactText
        /// The path of the file; nil if it does not matter.
        var file: ExactText?
        /// The kind of the definition; nil if it does not matter.
        var kind: GuestIdentity.Kind?
    }

    init(old: [GuestPairing.Definition], new: [GuestPairing.Definition]) {
        self.old = old
        self.new = new
        places = Array(repeating: nil, count: new.count)
        isTaken = Array(repeating: false, count: old.count)
    }

    /// Pairs definitions with the same name or UUID, first those in the same file. So if a definition was copied into
    /// another file, the original and not the copy is paired.
    mutating func pair(by field: KeyPath<GuestIdentity, String?>) {
        func key(_ definition: GuestPairing.Definition, _ file: ExactText?) -> Key? {
            definition.identity[keyPath: field].map { Key(text: ExactText($0), file: file, kind: definition.identity.kind) }
        }
        pair { key($0, ExactText($0.file)) }
        pair { key($0, nil) }
    }

    /// Pairs the definitions that are left with the first earlier definition of their UUID, which is paired already.
    mutating func pairCopies() {
        var first: [ExactText: Int] = [:]
        for index in old.indices.reversed() where old[index].identity.kind == .definition {
            if let uuid = old[index].identity.uuid { first[ExactText(uuid)] = index }
        }
        for index in new.indices where places[index] == nil && new[index].identity.kind == .definition {
            places[index] = new[index].identity.uuid.flatMap { first[ExactText($0)] }
        }
    }

    /// Pairs definitions in files with the same path that contain no other definition.
    mutating func pairAloneInTheirFiles() {
        let crowded = Self.crowded(old).union(Self.crowded(new))
        pair { definition in
            let file = ExactText(definition.file)
            return crowded.contains(file) ? nil : Key(text: file, kind: definition.identity.kind)
        }
    }

    /// Pairs definitions of different kinds in the same file: a definition was moved into or out of a snapshot.
    mutating func pairAcrossKinds(by field: KeyPath<GuestIdentity, String?>) {
        pair { definition in
            definition.identity[keyPath: field].map { Key(text: ExactText($0), file: ExactText(definition.file), kind: nil) }
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

    /// The files with several definitions.
    private static func crowded(_ definitions: [GuestPairing.Definition]) -> Set<ExactText> {
        var seen: Set<ExactText> = [], crowded: Set<ExactText> = []
        for file in definitions.lazy.map({ ExactText($0.file) }) where !seen.insert(file).inserted { crowded.insert(file) }
        return crowded
    }
}
