import Testing

/// A row of `tests/expected.tsv`: what libvirt's own CPU tests expect.
struct ExpectedRow: CustomTestStringConvertible, Sendable {
    var fields: [String]
    var testDescription: String { fields.joined(separator: " ") }

    static let all: [ExpectedRow] = {
        guard LibvirtSource.isPresent else { return [] }
        return String(decoding: LibvirtSource.bytes("tests/expected.tsv"), as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .map { ExpectedRow(fields: $0.split(separator: "\t").map(String.init)) }
    }()

    static func of(_ kind: String) -> [ExpectedRow] { all.filter { $0.fields[0] == kind } }
}
