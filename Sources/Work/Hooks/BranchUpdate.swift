import Reports

/// A branch that a push moves or creates.
package struct BranchUpdate {
    /// The commit before the push; nil for a new branch.
    package var old: String?
    /// The commit after it; nil for a branch that is deleted.
    package var new: String?
    /// `refs/heads/main`, as bytes: two names can be equal as strings, and need not be UTF-8.
    package var reference: [UInt8]

    /// The reference for a person.
    package var name: String { printable(String(decoding: reference, as: UTF8.self)) }

    /// The updates in what git writes to pre-receive, one line each: `OLD NEW REF`. Tags are left out.
    ///
    /// - Throws: `IOFailure` for a line of another form, and for two updates of one branch: the second one starts from a
    ///   commit that was never the branch's, so what it changes is not what it would be compared with.
    package static func all(in lines: [UInt8]) throws -> [BranchUpdate] {
        let updates = try self.updates(in: lines)
        var seen: Set<[UInt8]> = []
        if let twice = updates.first(where: { !seen.insert($0.reference).inserted }) {
            throw IOFailure(
                message: "\(twice.name): refused, because the push has more than one command for this branch, and each is checked "
                    + "only against its own old commit: push the branch once")
        }
        return updates
    }

    private static func updates(in lines: [UInt8]) throws -> [BranchUpdate] {
        try lines.split(separator: 0x0a).compactMap { line in
            let words = line.split(separator: 0x20, maxSplits: 2)
            guard words.count == 3, words[0].count == words[1].count, [40, 64].contains(words[0].count) else {
                throw IOFailure(
                    message: "stdin: expected lines of the form OLD NEW REF, as git writes them, not: "
                        + "\(printable(String(decoding: line, as: UTF8.self)))")
            }
            func id(_ word: ArraySlice<UInt8>) -> String? {
                word.allSatisfy { $0 == UInt8(ascii: "0") } ? nil : String(decoding: word, as: UTF8.self)
            }
            let update = BranchUpdate(old: id(words[0]), new: id(words[1]), reference: Array(words[2]))
            return update.reference.starts(with: "refs/heads/".utf8) && (update.old ?? update.new) != nil ? update : nil
        }
    }
}
