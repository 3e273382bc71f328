/// How findings are printed: the words of `--format`.
package enum ReportFormat: String, Sendable, CaseIterable {
    case text, concise, json
    case jsonLines = "json-lines"
    case sarif, github, gitlab, junit, checkstyle, rdjson

    /// - Parameters:
    ///   - isColored: for `text` only.
    ///   - width: the columns of the terminal that shows `text`; nil if it goes elsewhere, where programs may read its lines.
    ///   - namesDomains: `text` states the domain's name with each finding, because the input is not a file of its own.
    ///   - rules: where `text` links rules to; nil for no links.
    ///   - homepage: the address that `sarif` and `rdjson` link to; nil for no links.
    package func reporter(
        isColored: Bool, width: Int? = nil, namesDomains: Bool, rules: RuleLinks? = nil, homepage: String? = Program.homepage
    ) -> any Reporter {
        switch self {
        case .text: TextReporter(isColored: isColored, width: width, namesDomains: namesDomains, rules: rules)
        case .concise: ConciseReporter(namesDomains: namesDomains)
        case .json: JSONReporter()
        case .jsonLines: JSONLinesReporter()
        case .sarif: SARIFReporter(homepage: homepage)
        case .github: GitHubReporter()
        case .gitlab: GitLabReporter()
        case .junit: JUnitReporter()
        case .checkstyle: CheckstyleReporter()
        case .rdjson: RDJSONReporter(homepage: homepage)
        }
    }

    /// The word, and what its reader calls it where that is another word.
    package var words: String {
        switch self {
        case .sarif: "sarif (code scanning)"
        case .github: "github (annotations)"
        case .gitlab: "gitlab (code quality)"
        case .junit: "junit (tests of Jenkins and GitLab)"
        case .checkstyle: "checkstyle (warnings of Jenkins)"
        case .rdjson: "rdjson (reviewdog)"
        case .text, .concise, .json, .jsonLines: rawValue
        }
    }

    /// A person reads it.
    package var isText: Bool { self == .text || self == .concise }
}
