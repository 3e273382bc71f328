/// How findings are printed: the words of `--format`.
package enum ReportFormat: String, Sendable, CaseIterable {
    case text, json
    case jsonLines = "json-lines"
    case sarif, github

    /// - Parameters:
    ///   - isColored: for `text` only.
    ///   - namesDomains: `text` states the domain's name with each finding, because the input is not a file of its own.
    package func reporter(isColored: Bool, namesDomains: Bool) -> any Reporter {
        switch self {
        case .text: TextReporter(isColored: isColored, namesDomains: namesDomains)
        case .json: JSONReporter()
        case .jsonLines: JSONLinesReporter()
        case .sarif: SARIFReporter()
        case .github: GitHubReporter()
        }
    }
}
