/// What stands around the findings of a report: the opening, the separators and the closing.
package struct ReportFrame {
    private let reporter: any Reporter
    private var isReporting = false
    private var problems: [Problem] = []

    package init(_ reporter: any Reporter) { self.reporter = reporter }

    /// What stands before the next finding.
    package mutating func next() -> String {
        defer { isReporting = true }
        return isReporting ? reporter.separator : reporter.opening
    }

    /// Findings as text, with what stands before them.
    package mutating func adding(_ text: String) -> String { next() + text }

    /// A problem as text, with what stands before it; empty if the closing is its only place.
    package mutating func adding(_ problem: Problem) -> String {
        problems.append(problem)
        let text = reporter.lines(for: problem)
        return text.isEmpty ? "" : adding(text)
    }

    /// The end of the report.
    package var closing: String { (isReporting ? "" : reporter.opening + reporter.nothing) + reporter.closing(after: problems) }
}
