/// How records follow one another.
package enum RecordFraming: String, Sendable, CaseIterable {
    /// A line of JSON each: `{"id": …, "xml": "…", "host": …, "cluster": …}`.
    case ndjson
    /// A definition each, ended by a NUL.
    case nul

    var delimiter: UInt8 {
        switch self {
        case .ndjson: 0x0a
        case .nul: 0
        }
    }
}
