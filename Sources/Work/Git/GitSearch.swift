extension GitRepository {
    /// Regular files of a tree that contain a `<uuid>` element with one of these values. git searches them, so that
    /// they need not be read here.
    ///
    /// - Parameter uuids: in lower case, without dashes.
    func files(with uuids: Set<String>, in tree: String) throws -> [Entry] {
        let options = [
            "grep", "-G", "-z", "-o", "-I", "--no-color", "--no-line-number", "--no-column", "--full-name",
            "--no-recurse-submodules", "-e", "<uuid[^<]*",
        ]
        let paths = ["--", ":(top)*.xml"]
        let answer = try GitProgram.output(of: options + [tree] + paths)
        // TREE:PATH
        let prefix = tree.utf8.count + 1
        // Each match is PATH NUL MATCH LF. Without a match git fails and prints nothing.
        var found: Set<[UInt8]> = []
        var rest = answer.output[...]
        while let zero = rest.firstIndex(of: 0) {
            let path = rest[..<zero].dropFirst(prefix), line = rest[(zero + 1)...].prefix { $0 != 0x0a }
            rest = rest[line.endIndex...].dropFirst()
            let text =
                line.split(separator: UInt8(ascii: ">"), maxSplits: 1, omittingEmptySubsequences: false).last ?? []
            let digits = text.filter { $0 != UInt8(ascii: "-") && $0 > 0x20 }
            if uuids.contains(String(decoding: digits, as: UTF8.self).lowercased()) { found.insert(Array(path)) }
        }
        return found.isEmpty ? [] : try entries(of: tree).filter { found.contains($0.path) }
    }
}
