import Lint

extension Finding {
    /// A hash of rule, domain and source line: it stays the same when lines above are added or removed.
    var fingerprint: String {
        let domain = domainUUID ?? domainName ?? ""
        let line = sourceLine.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(FNV1a("\(rule)\0\(domain)\0\(line)".utf8).value, radix: 16)
    }

    /// Message, notes and help, one line each.
    package func text(help word: String) -> String { ([message] + notes + (help.map { ["\(word): \($0)"] } ?? [])).joined(separator: "\n") }
}

/// A path without `./` at its beginning, as services want it that know the repository's files.
func repositoryPath(_ path: String) -> Substring {
    var path = Substring(path)
    while path.hasPrefix("./") { path = path.dropFirst(2) }
    return path
}
