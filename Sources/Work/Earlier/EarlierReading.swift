import DomainXML
import Lint
import Reports
import SystemPackage

/// Reads the earlier side of a comparison, and from the present side the names of its domains.
struct EarlierReading {
    /// A definition of the earlier side.
    private struct Earlier {
        var record: GuestRecord
        var file: String
        /// The file was a definition by its name, and the policy does not exclude it.
        var wasChecked = true

        var identity: GuestIdentity { GuestIdentity(record) }
    }

    private let inputs: CheckInputs
    private let blobs: GitBlobs
    private let settings: Settings
    private let isExcluded: (InputFile) -> Bool
    private let reader: DomainReader
    private var old: [Earlier] = []
    private var present: [GuestPairing.Definition] = []
    /// The guests of the present side that are taken for Windows.
    private var windows: Set<GuestIdentity> = []
    private var pairing = GuestPairing(old: [], new: [])
    private var former: [ExactText: [GuestIdentity: [FormerDefinition]]] = [:]

    /// What could not be read of the earlier side.
    private(set) var failures: [EarlierSideFailure] = []
    /// What the user should know: domains that several present files define, and domains that are not checked any more.
    private(set) var remarks: [String] = []

    /// - Parameter isExcluded: whether its policy excludes a file.
    init(
        _ files: [InputFile], _ inputs: CheckInputs, _ blobs: GitBlobs, _ settings: Settings, isExcluded: @escaping (InputFile) -> Bool
    ) {
        self.inputs = inputs
        self.settings = settings
        self.blobs = blobs
        self.isExcluded = isExcluded
        reader = DomainReader(maximumDomainSize: settings.maximumDomainSize)
        readOld(files)
        readPresent()
        pair()
        var originals: [Earlier] = []
        do {
            originals = try self.originals(of: pairing.newUUIDs)
            old += originals
            if !originals.isEmpty { pair() }
            try addDeleted()
        } catch {
            failures.append(EarlierSideFailure(error))
        }
        let duplicates = originals.isEmpty ? pairing.duplicates
            : GuestPairing.duplicates(among: present + originals.map { GuestPairing.Definition($0.identity, file: $0.file) })
        remarks = duplicates.map(\.text) + remarks + movedAway()
    }

    var side: EarlierSide {
        EarlierSide(pairing: pairing, former: former, isIncomplete: !failures.isEmpty, unchanged: inputs.unchanged)
    }

    private mutating func pair() { pairing = GuestPairing(old: old.map { ($0.record, $0.file) }, new: present) }

    private mutating func readOld(_ files: [InputFile]) {
        blobs.expect(files.compactMap(\.blob))
        for input in files {
            let wasChecked = !input.isGuess && (inputs.repository == nil || !isExcluded(input))
            var own: [Earlier] = []
            let collector = GuestCollector { own.append(Earlier(record: GuestRecord($0), file: input.path.string, wasChecked: wasChecked)) }
            do {
                try input.read(blobs, with: reader, into: collector)
            } catch {
                // A file whose name is not that of a definition need not be XML at all.
                if input.isGuess { own = [] } else { failures.append(EarlierSideFailure(error)) }
            }
            old += own
        }
    }

    private mutating func readPresent() {
        let changed = inputs.present.filter { !inputs.unchanged.contains($0.path) }
        blobs.expect(changed.compactMap(\.blob))
        var present: [GuestPairing.Definition] = []
        var windows: Set<GuestIdentity> = []
        for input in changed {
            let collector = GuestCollector { guest in
                let identity = GuestIdentity(guest)
                present.append(GuestPairing.Definition(identity, file: input.path.string))
                if guest.windows != nil { windows.insert(identity) }
            }
            // A malformed present file is reported when it is judged.
            try? input.read(blobs, with: reader, into: collector)
        }
        (self.present, self.windows) = (present, windows)
    }

    /// The guests in unchanged files whose UUID a new guest has too: a copy is not a new guest, and its earlier version is
    /// its original. All of these files are read: a UUID can be spelt in many ways, so that no search for its text finds
    /// all.
    private func originals(of uuids: Set<String>) throws -> [Earlier] {
        guard !uuids.isEmpty, let base = inputs.base, let repository = inputs.repository else { return [] }
        func isUnchanged(_ path: [UInt8]) -> Bool {
            !inputs.changed.contains(path) && !inputs.newlyChecked.contains(FilePath(bytes: path)) && inputs.isWanted(path)
        }
        let links = try GitLinks(of: base, in: repository, where: isUnchanged).files
        let files = try repository.entries(of: base).filter { isUnchanged($0.path) } + links
        blobs.expect(files.map(\.id))
        var originals: [Earlier] = []
        for file in files {
            let input = InputFile(path: file.path, blob: file.id, in: repository)
            let wasChecked = !isExcluded(input)
            let collector = GuestCollector { guest in
                guard let uuid = GuestIdentity(guest).uuid, uuids.contains(uuid) else { return }
                originals.append(Earlier(record: GuestRecord(guest), file: input.path.string, wasChecked: wasChecked))
            }
            // The file was not named, so that its faults are not reported.
            try? input.read(blobs, with: reader, into: collector)
        }
        return originals
    }

    // MARK: Guests that come back

    /// Looks in the history for the former definitions of guests that seem to be new, that take the place of another guest in a file,
    /// or that come from files that were not checked: their changes there were not checked either.
    private mutating func addDeleted() throws {
        guard let commit = inputs.commit, let repository = inputs.repository else { return }
        let sought = present.filter { definition in
            guard let earlier = earlier(of: definition) else { return true }
            return !earlier.wasChecked || !Self.isSame(earlier.identity, definition.identity)
        }
        guard !sought.isEmpty else { return }
        var deleted = DeletedGuests(sought.map(\.identity), blobs, reader)
        try deleted.search(before: commit) { path in
            // A file that is checked from now on may have been checked before, until a policy left it out.
            inputs.newlyChecked.contains(FilePath(bytes: path)) || inputs.isWanted(path) && !isExcluded(InputFile(path: path, blob: "", in: repository))
        }
        if let head = inputs.head { try search(head, in: repository, for: &deleted) }
        for definition in sought {
            let guest = definition.identity
            let before = earlier(of: definition)
            var found = try deleted.definitions(of: guest)
            if let before, before.wasChecked {
                // A guest that only gets a UUID was compared under its name all along.
                if before.identity.uuid == nil, guest.name.map(ExactText.init) == before.identity.name.map(ExactText.init) {
                    found.removeAll { $0.record.uuid.map(ExactText.init) != guest.uuid.map(ExactText.init) }
                }
                // Each Windows guest of this file was compared with the one before it.
                if before.record.windows != nil { found.removeAll { $0.path.map(ExactText.init) == ExactText(definition.file) } }
                if !found.isEmpty { found.append(FormerDefinition(before.record, file: before.file)) }
            }
            if !found.isEmpty {
                // What it was later in files that were not checked does not count.
                former[ExactText(definition.file), default: [:]][guest] = found
            } else if earlier(of: definition) == nil, !deleted.unread.isEmpty, windows.contains(guest) {
                remarks.append("domain \(guest.name ?? guest.uuid ?? "") counts as new: \(deleted.unread.joined(separator: "; "))")
            }
        }
    }

    /// Looks for guests in HEAD's tree and history. A branch need not contain either: whoever may push can create one without them.
    /// The files were checked by HEAD's policies.
    private func search(_ head: String, in repository: GitRepository, for deleted: inout DeletedGuests) throws {
        let paths = try CheckedPaths(settings, by: head, in: repository)
        let tree = try repository.tree(of: head)
        // What both versions have is among the earlier definitions, or has been compared with them.
        let files = try repository.changes(from: inputs.base, to: tree).compactMap { change -> GitRepository.Entry? in
            change.new.flatMap { paths.contains(change.path) ? GitRepository.Entry(path: change.path, id: $0) : nil }
        }
        let links = try GitLinks(of: tree, in: repository, where: paths.contains).files
        deleted.search((files + links).map { InputFile(path: $0.path, blob: $0.id, in: repository) }, of: "the server's HEAD")
        try deleted.search(before: head, wasChecked: paths.contains)
    }

    /// The earlier definition of a guest of the present side.
    private func earlier(of definition: GuestPairing.Definition) -> Earlier? {
        pairing.place(of: definition.identity, file: definition.file).map { old[$0] }
    }

    /// Whether two definitions are those of one guest, and not only stand in the same place.
    private static func isSame(_ a: GuestIdentity, _ b: GuestIdentity) -> Bool {
        guard a.uuid == nil, b.uuid == nil else { return a.uuid.map(ExactText.init) == b.uuid.map(ExactText.init) }
        return a.name.map(ExactText.init) == b.name.map(ExactText.init)
    }

    // MARK: Guests that go away

    /// What to say about guests whose definitions are now in files that are not checked.
    private func movedAway() -> [String] {
        let gone = pairing.removed.map { old[$0] }.filter(\.wasChecked)
        guard !gone.isEmpty, !inputs.unchecked.isEmpty else { return [] }
        blobs.expect(inputs.unchecked.compactMap(\.blob))
        var remarks: [String] = []
        for input in inputs.unchecked {
            var guests = ByGuest<Bool>()
            // The file need not be XML at all.
            try? input.read(blobs, with: reader, into: GuestCollector { guests.update(GuestIdentity($0)) { $0 = true } })
            for earlier in gone where !guests.values(for: earlier.identity).isEmpty {
                let guest = "domain \(earlier.record.name ?? earlier.record.uuid ?? "") of \(earlier.file)"
                let reason = input.isExcluded ? "which the policy excludes"
                    : "which \(Self.whyUnchecked(input.path)); to check it, add it to include: in the policy"
                remarks.append("\(guest) is no longer checked: its definition is now in \(input.path.string), \(reason)")
            }
        }
        return remarks.map { printable($0) }
    }

    /// Why a file is no definition by its path.
    private static func whyUnchecked(_ path: FilePath) -> String {
        var reasons: [String] = []
        if !path.bytes.suffix(4).elementsEqual(".xml".utf8) { reasons.append("is not named *.xml") }
        func isHidden(_ name: FilePath.Component) -> Bool { name.string.utf8.first == UInt8(ascii: ".") }
        if path.lastComponent.map(isHidden) ?? false { reasons.append("has a name that begins with a dot") }
        if path.removingLastComponent().components.contains(where: isHidden) { reasons.append("lies in a hidden directory") }
        return reasons.joined(separator: " and ")
    }
}
