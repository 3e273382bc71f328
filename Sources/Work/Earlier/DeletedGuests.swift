import DomainXML
import Lint

/// The last definitions of guests that earlier commits deleted: a guest that comes back is the same guest, and not a new
/// one.
struct DeletedGuests {
    /// The most commits that are read.
    static let mostCommits = 1000
    /// The most versions of files that are read.
    private static let mostVersions = 4096
    /// The most bytes of a version that is read.
    private static let mostBytes = 1 << 20

    /// The last definition of each guest that was found, and the file that contained it.
    private(set) var found: [(record: GuestRecord, file: String)] = []
    /// The guests that were not found.
    private(set) var missing: [GuestIdentity]
    /// There is more history than was read.
    private(set) var isCut: Bool

    /// - Parameters:
    ///   - guests: those to look for.
    ///   - commit: the last commit that is read.
    ///   - wasChecked: whether a path of a version is that of a definition that is checked.
    /// - Throws: `IOFailure` where git fails.
    init(
        _ guests: [GuestIdentity], before commit: String, _ blobs: GitBlobs, _ reader: DomainReader, wasChecked: ([UInt8]) -> Bool
    ) throws {
        missing = guests
        let history = try GitHistory(before: commit, most: Self.mostCommits)
        isCut = history.isCut
        var seen: Set<String> = []
        let versions = history.versions.filter { wasChecked($0.path) && seen.insert($0.id).inserted }
        if versions.count > Self.mostVersions { isCut = true }
        blobs.expect(versions.prefix(Self.mostVersions).map(\.id))
        for version in versions.prefix(Self.mostVersions) {
            if missing.isEmpty { return }
            guard let content = try blobs.content(of: version.id, upTo: Self.mostBytes) else {
                isCut = true
                continue
            }
            let file = "\(String(decoding: version.path, as: UTF8.self)), before commit \(version.commit.prefix(12))"
            var found: [(record: GuestRecord, file: String)] = []
            var missing = missing
            let collector = GuestCollector { guest in
                let identity = GuestIdentity(guest)
                guard missing.contains(where: { Self.isSame($0, identity) }) else { return }
                missing.removeAll { Self.isSame($0, identity) }
                found.append((GuestRecord(guest), file))
            }
            // What was malformed then is no definition.
            try? content.withUnsafeBytes { try InputFile.read($0, named: file, with: reader, into: collector) }
            self.found += found
            self.missing = missing
        }
    }

    /// Whether two definitions are those of one guest: by their UUIDs, or by their names if one of them has no UUID.
    static func isSame(_ a: GuestIdentity, _ b: GuestIdentity) -> Bool {
        if let own = a.uuid, let other = b.uuid { return own == other }
        return a.name != nil && a.name == b.name
    }
}
