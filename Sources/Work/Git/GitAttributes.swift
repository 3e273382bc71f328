import LibvirtWords
import Lint
import Reports

/// Attributes of git (gitattributes(5)) with which a clone or an archive holds other definitions than the version, which is what
/// is judged.
enum GitAttributes {
    /// The attributes that work without any configuration of the clone.
    private static let changing = ["ident", "working-tree-encoding", "export-subst"]
    private static let fileName = ".gitattributes"

    /// A line that gives a path such an attribute.
    private struct Line {
        /// The directory of the file, with a slash at its end; empty at the top.
        var directory: ArraySlice<UInt8>
        /// nil if it cannot be told which paths the line is for.
        var pattern: IgnorePattern?
        var attribute: String
        /// The place of the line, for a person.
        var place: String

        func matches(_ path: [UInt8]) -> Bool {
            guard path.starts(with: directory) else { return false }
            return pattern?.matches(path[directory.count...], isDirectory: false) ?? true
        }
    }

    /// Refuses a version of which a clone would hold other definitions.
    ///
    /// - Parameter base: the commit whose definitions were accepted; nil for none.
    /// - Throws: `IOFailure` with the place of the attribute.
    static func check(_ commit: String, changedFrom base: String?, in repository: GitRepository) throws {
        let tree = try repository.tree(of: commit)
        let records = try repository.records(of: tree).filter { $0.isRegular || $0.isLink }
        // git does not follow a link of this name.
        let files = records.filter { record in
            record.isRegular && record.path.suffix(fileName.utf8.count).elementsEqual(fileName.utf8)
                && [nil, 0x2f].contains(record.path.dropLast(fileName.utf8.count).last)
        }
        if files.isEmpty { return }
        let objects = try GitObjects()
        let lines = try files.flatMap { try Self.lines(of: $0, objects) }
        if lines.isEmpty { return }
        let changed = Set(try repository.changes(from: base.map { try repository.tree(of: $0) }, to: tree).map(\.path))
        // New attributes are for old definitions, too.
        let areAttributesNew = files.contains { changed.contains($0.path) }
        for record in records where areAttributesNew || changed.contains(record.path) {
            guard let line = lines.first(where: { $0.matches(record.path) }), try isDefinition(record, objects) else { continue }
            throw IOFailure(
                located: "\(line.place): error: the attribute \(line.attribute) makes a clone or an archive hold another "
                    + "\(printable(String(decoding: record.path, as: UTF8.self))) than the one that is checked: remove it")
        }
    }

    private static func lines(of file: GitRepository.Record, _ objects: GitObjects) throws -> [Line] {
        let directory = file.path.dropLast(fileName.utf8.count)
        let name = printable(String(decoding: file.path, as: UTF8.self))
        let content = try objects.content(of: file.id, limit: 1 << 20)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = content.dropFirst(content.starts(with: mark) ? mark.count : 0)
        return text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated().flatMap { number, line -> [Line] in
            // To git, a line is a C string.
            let (pattern, words) = parts(of: line.prefix { $0 != 0 })
            return changing.compactMap { attribute in
                guard words.contains(where: { $0.elementsEqual(attribute.utf8) || $0.starts(with: "\(attribute)=".utf8) }) else { return nil }
                return Line(directory: directory[...], pattern: pattern, attribute: attribute, place: "\(name):\(number + 1)")
            }
        }
    }

    /// The pattern of a line, nil if it cannot be told which paths the line is for, and the attributes after it (git's attr.c,
    /// `parse_attr_line`).
    private static func parts(of line: ArraySlice<UInt8>) -> (pattern: IgnorePattern?, words: [ArraySlice<UInt8>]) {
        func words(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] { text.split { [0x20, 0x09, 0x0d].contains($0) } }
        let all = words(line)
        guard let first = all.first, first.first != UInt8(ascii: "#") else { return (nil, []) }
        if first.first == UInt8(ascii: "\"") {
            // The attributes follow the closing quotation mark, with a blank or without one. If git cannot read the name, for
            // example because of an unknown escape, they follow the first blank.
            return (nil, all.dropFirst() + words(afterName(line[first.startIndex...])))
        }
        // A macro's name can stand in any line.
        return (first.starts(with: "[attr]".utf8) ? nil : IgnorePattern(first), Array(all.dropFirst()))
    }

    /// What follows a name in quotation marks.
    private static func afterName(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var index = text.startIndex + 1
        while index < text.endIndex, text[index] != UInt8(ascii: "\"") { index += text[index] == UInt8(ascii: "\\") ? 2 : 1 }
        return text[min(index + 1, text.endIndex)...]
    }

    /// A file that is checked by its name, or that `include` in a policy may name.
    private static func isDefinition(_ record: GitRepository.Record, _ objects: GitObjects) throws -> Bool {
        if record.isLink { return false }
        if record.path.suffix(4).elementsEqual(".xml".utf8) { return true }
        guard let content = try objects.content(of: record.id, upTo: 1 << 20) else { return true }
        // A root in a namespace is a domain, too.
        return content.firstOccurrence(of: "<domain".utf8) != nil || content.firstOccurrence(of: ":domain".utf8) != nil
    }
}
