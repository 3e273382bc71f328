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

    /// - Parameters:
    ///   - inputs: what is checked. The file is where a later check of them looks for it: from each of them upwards.
    ///   - top: of the git repository of the current directory; nil outside one.
    /// - Throws: `IOFailure` for an existing file that cannot be read, and for inputs that no one file serves.
    init(of inputs: [InputFile], top: FilePath?) throws {
        let directories = Set(inputs.compactMap { $0.isStream ? nil : $0.directory }.compactMap { Files.real($0) })
        let usual = PolicySearch(KnownFindings.fileName, from: ".").file ?? (top ?? "").appending(KnownFindings.fileName)
        file = try Self.file(usual, foundFrom: directories)
        let place = file.removingLastComponent()
        directory = Files.real(place.isEmpty ? "." : place) ?? place
        if Files.exists(file) {
            let bytes = try Files.read(file, limit: KnownFindings.sizeLimit)
            old = (bytes, try KnownFindings(bytes, name: file.string, directory: directory))
        } else {
            old = nil
        }
    }

    /// The file where it is usually written, if a search from all directories finds it there; otherwise the nearest one above
    /// all of them, or a new one at the top of their repository, or in the directory that they have in common.
    private static func file(_ usual: FilePath, foundFrom directories: Set<FilePath>) throws -> FilePath {
        func isFound(_ file: FilePath) -> Bool {
            let place = file.removingLastComponent()
            return Files.real(place.isEmpty ? "." : place).map { real in directories.allSatisfy { PolicySearch.visits(real, from: $0) } } ?? false
        }
        if isFound(usual) { return usual }
        var common = directories.first ?? "/"
        while !directories.allSatisfy({ $0.starts(with: common) }), common.removeLastComponent() {}
        let other = PolicySearch(KnownFindings.fileName, from: common).file
            ?? (Files.repository(of: common) ?? common).appending(KnownFindings.fileName)
        guard isFound(other) else {
            throw IOFailure(message: "--write-baseline: no directory is searched for a baseline of all these definitions: record them separately")
        }
        return other
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
