import Lint

/// `FILE:LINE:COLUMN: severity: message [rule]`, then the source line, notes and help. On a terminal, long lines are broken
/// between words, and an empty line stands between two findings.
struct TextReporter: Reporter {
    var isColored: Bool
    /// The columns of the terminal; nil if no line is to be broken.
    var width: Int?
    /// State the domain's name with each finding, because the input is not a file of its own.
    var namesDomains: Bool

    var separator: String { width == nil ? "" : "\n" }

    func lines(for finding: Finding, in file: String) -> String {
        let color = switch finding.severity {
        case .error: "\u{1b}[31m"
        case .warning: "\u{1b}[33m"
        case .note: "\u{1b}[36m"
        }
        let isRepaired = finding.isFixed && finding.isFixable
        let bold = isColored ? "\u{1b}[1m" : "", plain = isColored ? "\u{1b}[0m" : ""
        let word = isRepaired ? "fixed" : finding.severity.rawValue
        let severity = isColored ? (isRepaired ? "\u{1b}[32m" : color) + word + plain : word
        let place = "\(printable(file)):\(finding.start.line):\(finding.start.column)"
        let message = broken("\(printable(finding.message)) [\(finding.rule)]", behind: place.count + word.count + 4, indent: 4)
        var text = "\(bold)\(place):\(plain) \(severity): \(message)\n"
        text += excerpt(finding)
        let margin = "      = "
        if namesDomains, let name = finding.domainName { text += "\(margin)domain \(printable(name))\n" }
        for note in finding.notes { text += margin + broken(printable(note), behind: 8, indent: 8) + "\n" }
        if let help = finding.help, !isRepaired { text += margin + broken("help: \(printable(help))", behind: 8, indent: 8) + "\n" }
        return text
    }

    /// A text that begins behind so many columns, broken between words at the terminal's width.
    private func broken(_ text: String, behind first: Int, indent: Int) -> String {
        guard let width, first + text.count > width else { return text }
        var result = "", column = first
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !result.isEmpty {
                let fits = column + 1 + word.count <= width
                result += fits ? " " : "\n" + String(repeating: " ", count: indent)
                column = fits ? column + 1 : indent
            }
            result += word
            column += word.count
        }
        return result
    }

    /// The source line with the place marked under it. Tabs are kept, so that the mark stands in the right column. Of a
    /// long line, only 160 characters around the place are shown.
    private func excerpt(_ finding: Finding) -> String {
        let line = Array(printable(finding.sourceLine).unicodeScalars)
        let place = finding.sourceOffset
        guard place < line.count else { return "" }
        let length = finding.end.line == finding.start.line
            ? max(finding.end.column - finding.start.column, 1) : max(line.count - place, 1)
        let first = place >= 100 ? place - 21 : 0
        let shown = line[first..<min(line.count, first + 160)]
        let before = line[first..<place].map { $0 == "\t" ? "\t" : " " }.joined()
        let mark = "^" + String(repeating: "~", count: max(min(length, shown.count - (place - first)) - 1, 0))
        let number = "\(finding.start.line)"
        let margin = String(repeating: " ", count: max(5 - number.count, 0))
        var text = String.UnicodeScalarView()
        text.append(contentsOf: shown)
        return "\(margin)\(number) | \(String(text))\n      | \(before)\(mark)\n"
    }
}
