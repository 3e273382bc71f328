import Lint

/// Turns findings into one format. A report is the opening, the findings with separators between them, and the closing.
package protocol Reporter: Sendable {
    var opening: String { get }
    var separator: String { get }
    var closing: String { get }
    /// What a report has in place of findings if it has none.
    var nothing: String { get }
    /// The text of one finding, with its line endings.
    ///
    /// - Parameter file: the name of the input, as the user knows it.
    func lines(for finding: Finding, in file: String) -> String
    /// Adds the text of one finding to others.
    func add(_ finding: Finding, in file: String, to text: ByteBuffer)
    /// The text of an input's findings.
    func lines(for findings: [Finding], in file: String) -> String
    /// The text of something that could not be judged, for formats that programs read; empty if it is part of the closing.
    func lines(for problem: Problem) -> String
    /// The closing of a report in which something could not be judged.
    ///
    /// - Parameter problems: their findings are in the report.
    func closing(after problems: [Problem]) -> String
}

extension Reporter {
    package var opening: String { "" }
    package var separator: String { "" }
    package var closing: String { "" }
    package var nothing: String { "" }
    package func closing(after problems: [Problem]) -> String { closing }

    package func add(_ finding: Finding, in file: String, to text: ByteBuffer) { text.append(lines(for: finding, in: file)) }

    package func lines(for findings: [Finding], in file: String) -> String {
        findings.map { lines(for: $0, in: file) }.joined(separator: separator)
    }

    package func lines(for problem: Problem) -> String { lines(for: [problem.finding], in: problem.place) }
}
