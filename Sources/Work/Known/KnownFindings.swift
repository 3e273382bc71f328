import DomainXML
import Reports
import Synchronization
import SystemPackage

/// What `check --write-baseline` recorded: later checks report only other findings.
///
/// A guest is known by its UUID, wherever its definition lies; a guest without one by file and name. If a guest has more
/// findings of a kind than were recorded, all of them are reported.
final class KnownFindings: Sendable {
    /// The name of the file.
    static let fileName = ".virt-cpu-baseline"
    /// The most bytes of the file.
    static let sizeLimit = 64 << 20

    /// The file, as messages name it.
    let name: String
    /// The directory that `KnownFinding.file` starts from.
    let directory: FilePath
    let entries: [KnownFinding]
    private let places: [Key: [Int]]
    private let seen = Mutex(Seen())

    private struct Key: Hashable {
        var file: String?
        var guest: String
        var hash: String
        var kind: String

        init(_ entry: KnownFinding) {
            (guest, hash, kind) = (entry.guest, entry.hash, entry.kind)
            file = Self.isUUID(entry.guest) ? nil : entry.file
        }

        private static func isUUID(_ text: String) -> Bool {
            let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
            return digits.count == 32 && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
    }

    private struct Seen {
        var entries: Set<Int> = []
        var files: Set<String> = []
        var isCovered = false
    }

    init(_ entries: [KnownFinding], name: String, directory: FilePath) {
        self.entries = entries
        self.name = name
        self.directory = directory
        places = Dictionary(grouping: entries.indices) { Key(entries[$0]) }
    }

    /// Reads a file's content.
    /// - Throws: `IOFailure` with line and column.
    convenience init(_ content: [UInt8], name: String, directory: FilePath) throws {
        guard String(validating: content, as: UTF8.self) != nil else {
            throw IOFailure(file: name, message: "not valid UTF-8")
        }
        var entries: [KnownFinding] = []
        // By bytes: for a String, a carriage return and a line feed are one character.
        for (index, bytes) in content.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: bytes.last == 0x0d ? bytes.dropLast() : bytes, as: UTF8.self), line = text[...]
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let entry = KnownFinding(line: line) else {
                throw IOFailure(
                    file: name, position: SourcePosition(line: index + 1, column: 1), message: "expected file, guest, hash, kind and number with tabs between them "
                        + "(check --write-baseline writes the file anew)")
            }
            entries.append(entry)
        }
        self.init(entries, name: name, directory: directory)
    }

    /// The file's content for entries.
    static func text(of entries: some Sequence<KnownFinding>) -> String {
        let lines = entries.map(\.line).sorted().map { $0 + "\n" }
        return """
            # What virt-cpu check found when check --write-baseline wrote this file. Later checks report only what is not in it.
            # Fields: file, guest, hash of its <cpu> and of the finding, rule (and hosts), number of findings.

            """ + lines.joined()
    }

    /// Whether findings of a kind were recorded, and no fewer of them.
    func contains(_ finding: KnownFinding) -> Bool {
        guard let indices = places[Key(finding)] else { return false }
        let own = indices.first { entries[$0].file == finding.file } ?? indices[0]
        guard entries[own].count >= finding.count else { return false }
        seen.withLock { _ = $0.entries.insert(own) }
        return true
    }

    /// Notes that a file was checked whole, so that entries of it that match nothing are stale.
    func noteChecked(_ file: String) { seen.withLock { _ = $0.files.insert(file) } }

    /// Notes that everything below the file's directory is checked, so that a file that is gone was not moved.
    func noteCovered() { seen.withLock { $0.isCovered = true } }

    /// A line about entries that match nothing any more; nil if there are none.
    ///
    /// - Parameter hosts: the hosts of the run. Entries about others are not stale.
    func staleRemark(hosts: Set<String>) -> String? {
        let stale = stale.filter { hosts.isSuperset(of: $0.hosts) }
        guard let first = stale.first else { return nil }
        let what = stale.count == 1 ? "1 entry is stale: no finding matches it" : "\(stale.count) entries are stale: no finding matches them"
        return "\(name): \(what) (\(first.file): \(first.kind)); check --write-baseline removes them, and records what is new"
    }

    /// The entries that match nothing any more: of files that were checked, or that are gone, if everything was checked.
    private var stale: [KnownFinding] {
        let seen = seen.withLock { $0 }
        return entries.indices.filter { index in
            !seen.entries.contains(index)
                && (seen.files.contains(entries[index].file)
                    || seen.isCovered && !Files.exists(directory.appending(entries[index].file)))
        }.map { entries[$0] }
    }
}
