import DomainXML
import Lint
import Reports
import SystemPackage

/// The former definitions of guests that earlier commits deleted: a guest that comes back is the same guest, and not a new
/// one.
///
/// The history does not show which commits were checked: a push is checked as a whole, whatever the commits in it add and
/// delete. So all definitions that a guest has had count.
struct DeletedGuests {
    /// The most commits that are read.
    private static let mostCommits = 1000
    /// The most versions of files that are read.
    private static let mostVersions = 4096
    /// The most bytes of a version that is read.
    private static let mostBytes = 1 << 20
    /// The most different definitions that are kept of a guest.
    private static let mostDefinitions = 64
    /// The longest path that Linux follows (PATH_MAX).
    private static let longestPath = 4096

    /// The guests to look for.
    private var sought = ByGuest<Bool>()
    /// The definitions that were found, the last one first.
    private var found = ByGuest<[FormerDefinition]>()
    /// The ids of contents that were read.
    private var seen: Set<String> = []
    private let blobs: GitBlobs
    private let reader: DomainReader
    /// What was not read of the history, in words for a person; empty if all of it was read.
    private(set) var unread: [String] = []

    /// - Parameter guests: those to look for.
    init(_ guests: [GuestIdentity], _ blobs: GitBlobs, _ reader: DomainReader) {
        self.blobs = blobs
        self.reader = reader
        for guest in guests { sought.update(guest) { $0 = true } }
    }

    /// Looks for the guests in a commit's history.
    ///
    /// - Parameters:
    ///   - commit: the last commit that is read.
    ///   - wasChecked: whether a path of a version is that of a definition that is checked.
    /// - Throws: `IOFailure` where git fails.
    mutating func search(before commit: String, wasChecked: ([UInt8]) -> Bool) throws {
        let history = try GitHistory(before: commit, most: Self.mostCommits)
        if history.isCut {
            noteUnread("the last \(Self.mostCommits) commits delete no guest like it, and older ones were not read")
        }
        let linked = Self.files(ledToBy: history.links, blobs, wasChecked)
        var listed: Set<String> = []
        let versions = history.versions.filter {
            (wasChecked($0.path) || linked.contains($0.path)) && !seen.contains($0.id) && listed.insert($0.id).inserted
        }
        if versions.count > Self.mostVersions {
            noteUnread("the last \(Self.mostVersions) versions of definitions contain no guest like it, and older ones were not read")
        }
        blobs.expect(versions.prefix(Self.mostVersions).map(\.id))
        var isTooLarge = false
        for version in versions.prefix(Self.mostVersions) {
            guard let content = try blobs.content(of: version.id, upTo: Self.mostBytes) else {
                isTooLarge = true
                continue
            }
            seen.insert(version.id)
            let file = "\(String(decoding: version.path, as: UTF8.self)), before commit \(version.commit.prefix(12))"
            collect(in: file, at: String(decoding: version.path, as: UTF8.self)) { [reader] collector in
                try content.withUnsafeBytes { try InputFile.read($0, named: file, with: reader, into: collector) }
            }
        }
        if isTooLarge { noteUnread("versions of more than \(Self.mostBytes >> 20) MiB were not read") }
    }

    /// Looks for the guests in files of a version.
    ///
    /// - Parameter version: its name for a person.
    mutating func search(_ files: [InputFile], of version: String) {
        let new = files.filter { $0.blob.map { seen.insert($0).inserted } ?? false }
        blobs.expect(new.compactMap(\.blob))
        for input in new {
            collect(in: "\(input.path.string) in \(version)", at: input.path.string) { [blobs, reader] in try input.read(blobs, with: reader, into: $0) }
        }
    }

    /// - Parameter read: reads a file. What is malformed is no definition.
    private mutating func collect(in file: String, at path: String, _ read: (GuestCollector) throws -> Void) {
        var found: [(identity: GuestIdentity, definition: FormerDefinition)] = []
        let collector = GuestCollector { [sought] guest in
            let identity = GuestIdentity(guest)
            if !sought.values(for: identity).isEmpty { found.append((identity, FormerDefinition(GuestRecord(guest), file: file, path: path))) }
        }
        try? read(collector)
        for (identity, definition) in found { add(definition, of: identity) }
    }

    private mutating func noteUnread(_ text: String) {
        if !unread.contains(text) { unread.append(text) }
    }

    /// The former definitions of a guest, the last one first; empty if none was found.
    ///
    /// - Throws: `IOFailure` for a guest with more of them than are kept. One push can contain any number, with which a stranger
    ///   could hide those before it.
    func definitions(of guest: GuestIdentity) throws -> [FormerDefinition] {
        let definitions = found.values(for: guest)
        guard definitions.allSatisfy({ $0.count <= Self.mostDefinitions }) else {
            let name = printable(guest.name ?? guest.uuid ?? "without a name")
            throw IOFailure(message: "domain \(name): more than \(Self.mostDefinitions) different definitions in the commits before, so its CPU cannot be compared")
        }
        return definitions.flatMap(\.self)
    }

    private mutating func add(_ definition: FormerDefinition, of guest: GuestIdentity) {
        found.update(guest) { known in
            var own = known ?? []
            guard own.count <= Self.mostDefinitions, !own.contains(where: { $0.record == definition.record }) else { return }
            own.append(definition)
            known = own
        }
    }

    /// The paths that links with the names of definitions led to in any of the commits, over other links too. A directory on the
    /// way is not taken for a link.
    private static func files(ledToBy links: [GitHistory.Version], _ blobs: GitBlobs, _ wasChecked: ([UInt8]) -> Bool) -> Set<[UInt8]> {
        let byPath = Dictionary(grouping: links, by: \.path)
        var ahead = links.filter { wasChecked($0.path) }.prefix(mostVersions)[...]
        var found: Set<[UInt8]> = []
        while let link = ahead.popLast() {
            guard let target = try? blobs.content(of: link.id, upTo: longestPath), !target.isEmpty else { continue }
            let path = FilePath(bytes: link.path).removingLastComponent().pushing(FilePath(bytes: target)).lexicallyNormalized().bytes
            if found.insert(path).inserted, found.count < mostVersions { ahead += byPath[path] ?? [] }
        }
        return found
    }
}
