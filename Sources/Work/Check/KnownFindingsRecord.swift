import Reports
import SystemPackage

/// Writes the file of known findings.
struct KnownFindingsRecord {
    /// The file that is written.
    let file: FilePath
    /// The content that it had; nil if it is new.
    private let old: (bytes: [UInt8], known: KnownFindings)?
    /// The directory that its paths start from.
    let directory: FilePath
    private var new: [KnownFinding] = []
    private var checked: Set<String> = []

    /// - Parameter top: of the git repository; nil outside one.
    /// - Throws: `IOFailure` for an existing file that cannot be read.
    init(top: FilePath?) throws {
        file = PolicySearch(KnownFindings.fileName, from: ".").file ?? (top ?? "").appending(KnownFindings.fileName)
        let place = file.removingLastComponent()
        directory = Files.real(place.isEmpty ? "." : place) ?? place
        if Files.exists(file) {
            let bytes = try Files.read(file, limit: KnownFindings.sizeLimit)
            old = (bytes, try KnownFindings(bytes, name: file.string, directory: directory))
        } else {
            old = nil
        }
    }

    mutating func add(_ found: [KnownFinding], checked name: String) {
        new += found
        checked.insert(name)
    }

    /// Writes the file: entries of files that were not checked stay, unless the files are gone.
    ///
    /// - Returns: what was done, in one line.
    /// - Throws: `IOFailure`.
    func write() throws -> String {
        let kept = (old?.known.entries ?? []).filter { !checked.contains($0.file) && Files.exists(directory.appending($0.file)) }
        let text = Array(KnownFindings.text(of: new + kept).utf8)
        if let old {
            if old.bytes != text { try FileReplacement.replace(file, from: old.bytes, with: text) }
        } else {
            try FileCreation.create(file, text, permissions: [.ownerReadWrite, .groupRead, .otherRead])
        }
        let findings = new.reduce(0) { $0 + $1.count }
        let before = Set(old?.known.entries ?? [])
        let added = old == nil ? [] : new.filter { !before.contains($0) }
        let removed = before.subtracting(new).subtracting(kept).count
        let guests = Set(new.map { [$0.file, $0.guest] }).count
        let change = old == nil ? "" : " (\(Self.words(added)), \(removed) removed)"
        return "recorded \(count(findings, "finding")) of \(count(guests, "guest"))\(change) in \(printable(FoundPolicy.shown(file))): later checks report only new findings"
    }

    /// How many entries are new, and the first of them: what is recorded is not reported any more.
    private static func words(_ added: [KnownFinding]) -> String {
        let shown = added.prefix(3).map { printable("\($0.file) \($0.kind)") } + (added.count > 3 ? ["\(added.count - 3) more"] : [])
        return "\(added.count) new" + (added.isEmpty ? "" : ": \(shown.joined(separator: ", "))")
    }
}
