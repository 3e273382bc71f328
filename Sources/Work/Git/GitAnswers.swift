import Reports

// What git prints with `-z`, as values. A path can hold any byte but NUL.

extension GitRepository {
    /// An entry of a tree or of the index, as one line describes it.
    package struct Record: Equatable {
        /// The path from the top of the tree, with slashes.
        package var path: [UInt8]
        /// The id of the blob, or of a submodule's commit.
        package var id: String
        /// A regular file.
        package var isRegular: Bool
        package var isLink: Bool
    }

    /// A file that differs between two trees, or a tree and the index. A side is nil where the file is absent, or is
    /// no regular file (a symbolic link, a submodule).
    package struct Change: Equatable {
        package var path: [UInt8]
        package var old: String?
        package var new: String?
    }

    /// `git ls-tree -r -z`: `MODE TYPE ID TAB PATH NUL`.
    /// - Throws: `IOFailure` for a line of another form.
    package static func records(inTree listing: [UInt8]) throws -> [Record] { try records(in: listing, idAt: 2) }

    /// `git ls-files -s -z`: `MODE ID STAGE TAB PATH NUL`.
    /// - Throws: `IOFailure` for a line of another form.
    package static func records(inIndex listing: [UInt8]) throws -> [Record] { try records(in: listing, idAt: 1) }

    private static func records(in listing: [UInt8], idAt place: Int) throws -> [Record] {
        try listing.split(separator: 0).map { record in
            let tab = record.firstIndex(of: 0x09) ?? record.endIndex
            let words = record[..<tab].split(separator: 0x20)
            guard tab < record.endIndex, words.count == 3 else { throw unreadable("git", "a list of files") }
            return Record(
                path: Array(record[(tab + 1)...]), id: String(decoding: words[place], as: UTF8.self),
                isRegular: isRegular(words[0]), isLink: isLink(words[0]))
        }
    }

    /// `git diff-tree --raw -z` and its like: `:OLDMODE NEWMODE OLDID NEWID STATUS NUL PATH NUL`.
    /// - Throws: `IOFailure` for a line of another form, and for a file that a merge left unresolved.
    package static func changes(in listing: [UInt8]) throws -> [Change] {
        let fields = listing.split(separator: 0)
        return try stride(from: 0, to: fields.count, by: 2).compactMap { index in
            let words = fields[index].dropFirst().split(separator: 0x20)
            guard fields[index].first == UInt8(ascii: ":"), words.count == 5, index + 1 < fields.count else { throw unreadable("git diff --raw", "a line") }
            let path = Array(fields[index + 1])
            if words[4].first == UInt8(ascii: "U") { throw unmerged(path) }
            func side(_ mode: ArraySlice<UInt8>, _ id: ArraySlice<UInt8>) -> String? {
                isRegular(mode) ? String(decoding: id, as: UTF8.self) : nil
            }
            let change = Change(path: path, old: side(words[0], words[2]), new: side(words[1], words[3]))
            return change.old == nil && change.new == nil ? nil : change
        }
    }

    static func isRegular(_ mode: ArraySlice<UInt8>) -> Bool { mode.starts(with: "100".utf8) }

    static func isLink(_ mode: ArraySlice<UInt8>) -> Bool { mode.elementsEqual("120000".utf8) }

    static func unreadable(_ command: String, _ what: String) -> IOFailure {
        IOFailure(message: "\(command) printed \(what) that cannot be read (git --version tells which git it is)")
    }

    private static func unmerged(_ path: [UInt8]) -> IOFailure {
        IOFailure(message: "\(printable(String(decoding: path, as: UTF8.self))): unmerged: resolve the conflict first")
    }
}
