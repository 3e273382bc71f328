import DomainXML
import Lint
import SystemPackage

/// The earlier versions of the domains, for a check that compares.
struct EarlierSide: Sendable {
    let pairing: GuestPairing
    /// An earlier version could not be read. A domain without an earlier version may have been in that file, so it does
    /// not count as new.
    let isIncomplete: Bool
    /// Paths of files that did not change.
    let unchanged: Set<FilePath>

    func earlier(for guest: Guest, in input: InputFile) -> EarlierGuest {
        if unchanged.contains(input.path) { return .unknown }
        let earlier = pairing.earlier(for: guest, file: input.path.string)
        if case .new = earlier, isIncomplete { return .unknown }
        return earlier
    }
}

extension EarlierSide {
    /// Reads the earlier side, and the names of the domains on the present side.
    ///
    /// - Returns: the earlier side; the domains that several present files define; and what could not be read of the
    ///   earlier side.
    static func read(
        _ old: [InputFile], _ inputs: CheckInputs, _ blobs: GitBlobs, maximumDomainSize: Int
    ) -> (EarlierSide, [GuestPairing.Duplicate], [EarlierSideFailure]) {
        let reader = DomainReader(maximumDomainSize: maximumDomainSize)
        var failures: [EarlierSideFailure] = []
        var records: [(record: GuestRecord, file: String)] = []
        blobs.expect(old.compactMap(\.blob))
        for input in old {
            var own: [(record: GuestRecord, file: String)] = []
            let collector = GuestCollector { own.append((GuestRecord($0), input.path.string)) }
            do {
                try input.read(blobs, with: reader, into: collector)
            } catch {
                // A file without the suffix .xml need not be XML at all.
                if input.isGuess { own = [] } else { failures.append(EarlierSideFailure(error)) }
            }
            records += own
        }
        var present: [GuestPairing.Definition] = []
        let changed = inputs.present.filter { !inputs.unchanged.contains($0.path) }
        blobs.expect(changed.compactMap(\.blob))
        for input in changed {
            let collector = GuestCollector {
                present.append(GuestPairing.Definition(GuestIdentity($0), file: input.path.string))
            }
            // A malformed present file is reported when it is judged.
            try? input.read(blobs, with: reader, into: collector)
        }
        var pairing = GuestPairing(old: records, new: present)
        var duplicates = pairing.duplicates
        var originals: [(record: GuestRecord, file: String)] = []
        do {
            originals = try Self.originals(of: pairing.newUUIDs, inputs, blobs, reader)
        } catch {
            failures.append(EarlierSideFailure(error))
        }
        if !originals.isEmpty {
            // A copy is not a new guest: its earlier version is its original.
            pairing = GuestPairing(old: records + originals, new: present)
            duplicates = GuestPairing.duplicates(
                among: present + originals.map { GuestPairing.Definition(GuestIdentity($0.record), file: $0.file) })
        }
        return (
            EarlierSide(pairing: pairing, isIncomplete: !failures.isEmpty, unchanged: inputs.unchanged), duplicates,
            failures
        )
    }

    /// The guests in unchanged files whose UUID a new guest has too. All of these files are read: a UUID can be spelt in
    /// many ways, so that no search for its text finds all.
    private static func originals(
        of uuids: Set<String>, _ inputs: CheckInputs, _ blobs: GitBlobs, _ reader: DomainReader
    ) throws -> [(record: GuestRecord, file: String)] {
        guard !uuids.isEmpty, let base = inputs.base, let repository = inputs.repository else { return [] }
        func isUnchanged(_ path: [UInt8]) -> Bool { !inputs.changed.contains(path) && InputFile.isWanted(path, below: []) }
        let links = try GitLinks(of: base, in: repository, where: isUnchanged).files
        let files = try repository.entries(of: base).filter { isUnchanged($0.path) } + links
        blobs.expect(files.map(\.id))
        var originals: [(record: GuestRecord, file: String)] = []
        for file in files {
            let input = InputFile(path: file.path, blob: file.id, in: repository)
            let collector = GuestCollector { guest in
                guard let uuid = GuestIdentity(guest).uuid, uuids.contains(uuid) else { return }
                originals.append((GuestRecord(guest), input.path.string))
            }
            // The file was not named, so that its faults are not reported.
            try? input.read(blobs, with: reader, into: collector)
        }
        return originals
    }
}
