import DomainXML
import Reports

/// Answers records one after another: each gets exactly one answer, whatever it holds.
final class RecordLoop {
    /// How many records were answered, and how many of them by which error.
    struct Tally {
        var records = 0
        var errors: [RecordError.Code: Int] = [:]
        var failed: Int { errors.values.reduce(0, +) }
    }

    private(set) var tally = Tally()
    private let framing: RecordFraming
    private let output: OutputStream
    private let mostErrors: Int?
    private var record = Record()

    /// - Parameters:
    ///   - output: gets the answers.
    ///   - mostErrors: the most records that may have an error; nil for any number.
    init(_ framing: RecordFraming, to output: OutputStream, mostErrors: Int?) {
        self.framing = framing
        self.output = output
        self.mostErrors = mostErrors
    }

    /// - Parameters:
    ///   - limit: the most bytes of a definition.
    ///   - answer: adds the answer to a record, as a whole record of the output, or throws `RecordError`.
    ///   - fail: adds the answer to a record that has an error.
    /// - Throws: `IOFailure` where the input cannot be read or the output not written, and after more than `mostErrors` errors.
    func run(
        _ input: StandardInput, limit: Int, answer: (Record) throws -> Void, fail: (Record, RecordError) throws -> Void
    ) throws {
        // A character of JSON can take six bytes of what stands for two or more of a definition; few take more than one.
        let reader = RecordReader(input, framing, limit: framing == .nul ? limit : 2 * limit + (1 << 20), beforeWaiting: output.flush)
        while let piece = try reader.next() {
            tally.records += 1
            do {
                switch piece {
                case .record(let bytes): try record.read(bytes, framing, number: tally.records)
                case .tooLong(let beginning):
                    record.readBeginning(beginning, framing, number: tally.records)
                    throw RecordError(.tooLarge, "the record is too long (see --max-domain-size)")
                }
                if record.xml.count > limit { throw RecordError(.tooLarge, "the definition is larger than \(limit) bytes (see --max-domain-size)") }
                try answer(record)
            } catch let error as RecordError {
                tally.errors[error.code, default: 0] += 1
                try fail(record, error)
                if let mostErrors, tally.failed > mostErrors {
                    try output.flush()
                    throw IOFailure(message: "more than \(mostErrors) records have an error (--max-errors)")
                }
            }
        }
        try output.flush()
    }
}

extension RecordLoop.Tally: CustomStringConvertible {
    /// `1000 records, 2 with an error (framing 1, malformed 1)`.
    var description: String {
        let summary = count(records, "record")
        if errors.isEmpty { return "\(summary), none with an error" }
        let kinds = errors.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
        return "\(summary), \(failed) with an error (\(kinds))"
    }
}
