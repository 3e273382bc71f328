import Lint

/// `FILE:LINE:COLUMN: severity: message [rule]`, then the source line, notes and help.
struct TextReporter: Reporter {
    var isColored: Bool
    /// State the domain's name with each finding, because the input is not a file of its own.
    var namesDomains: Bool

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
        var text = "\(bold)\(place):\(plain) \(severity): \(printable(finding.message)) [\(finding.rule)]\n"
        text += excerpt(finding)
        let margin = "      = "
        if namesDomains, let name = finding.domainName { text += "\(margin)domain \(printable(name))\n" }
        for note in finding.notes { text += "\(margin)\(printable(note))\n" }
        if let help = finding.help, !isRepaired { text += "\(margin)help: \(printable(help))\n" }
        return text
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
