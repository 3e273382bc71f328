import Reports

/// A branch that a push moves or creates.
package struct BranchUpdate {
    /// The commit before the push; nil for a new branch.
    package var old: String?
    /// The commit after it; nil for a branch that is deleted.
    package var new: String?
    /// `refs/heads/main`.
    package var reference: String

    /// The updates in what git writes to pre-receive, one line each: `OLD NEW REF`. Tags are left out.
    ///
    /// - Throws: `IOFailure` for a line of another form.
    package static func all(in lines: [UInt8]) throws -> [BranchUpdate] {
        try lines.split(separator: 0x0a).compactMap { line in
            let words = line.split(separator: 0x20, maxSplits: 2).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 3, words[0].utf8.count == words[1].utf8.count, [40, 64].contains(words[0].utf8.count)
            else {
                throw IOFailure(
                    message: "stdin: expected lines of the form OLD NEW REF, as git writes them, not: "
                        + "\(printable(words.joined(separator: " ")))")
            }
            func id(_ word: String) -> String? { word.utf8.allSatisfy { $0 == UInt8(ascii: "0") } ? nil : word }
            let update = BranchUpdate(old: id(words[0]), new: id(words[1]), reference: words[2])
            return update.reference.hasPrefix("refs/heads/") && (update.old ?? update.new) != nil ? update : nil
        }
    }
}
