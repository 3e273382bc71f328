import Glibc
import Lint

/// Prints findings in one format. A report is the opening, the findings with separators between them, the closing.
protocol Reporter {
    var opening: String { get }
    var separator: String { get }
    var closing: String { get }
    /// The text of one finding, with its line endings.
    func lines(for finding: Finding, in file: String) -> String
}

extension Reporter {
    var opening: String { "" }
    var separator: String { "" }
    var closing: String { "" }
}

/// `FILE:LINE:COLUMN: severity: message [rule]`, the source line, notes and help.
struct TextReporter: Reporter {
    var isColored: Bool
    /// Input that is not a file of its own: the domain's name says which one it is.
    var namesDomains: Bool

    func lines(for finding: Finding, in file: String) -> String {
        let color = switch finding.severity {
        case .error: "\u{1b}[31m"
        case .warning: "\u{1b}[33m"
        case .note: "\u{1b}[36m"
        }
        let isMended = finding.isFixed && finding.isFixable
        let bold = isColored ? "\u{1b}[1m" : "", plain = isColored ? "\u{1b}[0m" : ""
        let word = isMended ? "fixed" : finding.severity.rawValue
        let severity = isColored ? (isMended ? "\u{1b}[32m" : color) + word + plain : word
        let place = "\(printable(file)):\(finding.start.line):\(finding.start.column)"
        var text = "\(bold)\(place):\(plain) \(severity): \(printable(finding.message)) [\(finding.rule)]\n"
        text += excerpt(finding)
        let margin = String(repeating: " ", count: 6) + "= "
        if namesDomains, let name = finding.domainName { text += "\(margin)domain \(printable(name))\n" }
        for note in finding.notes { text += "\(margin)\(printable(note))\n" }
        if let help = finding.help, !isMended { text += "\(margin)help: \(printable(help))\n" }
        return text
    }

    /// The source line with the place marked under it; tabs are kept, so that the mark stands right.
    private func excerpt(_ finding: Finding) -> String {
        let line = Array(printable(finding.sourceLine).unicodeScalars)
        let place = finding.sourceOffset
        guard place < line.count else { return "" }
        let length = finding.end.line == finding.start.line
            ? max(finding.end.column - finding.start.column, 1) : max(line.count - place, 1)
        // Far into a long line, the part that matters.
        let first = place >= 100 ? place - 21 : 0
        let shown = line[first..<min(line.count, first + 160)]
        let before = line[first..<place].map { $0 == "\t" ? "\t" : " " }.joined()
        let mark = "^" + String(repeating: "~", count: max(min(length, shown.count - (place - first)) - 1, 0))
        let number = "\(finding.start.line)"
        let pad = String(repeating: " ", count: max(5 - number.count, 0))
        var text = String.UnicodeScalarView()
        text.append(contentsOf: shown)
        return "\(pad)\(number) | \(String(text))\n      | \(before)\(mark)\n"
    }
}

/// Text from files as a terminal can bear it: control characters show as their Unicode pictures.
func printable(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 < 0x80 || $0 == 0x09 }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x09: result.append(scalar)
        case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value)!)
        case 0x7f: result.append("\u{2421}")
        case 0x80..<0xa0, 0x202a...0x202e, 0x2066...0x2069: result.append("\u{fffd}")
        default: result.append(scalar)
        }
    }
    return String(result)
}

extension JudgingOptions {
    func reporter(on descriptor: Int32, namesDomains: Bool) -> any Reporter {
        switch format {
        case .json: return JSONReporter()
        case .jsonLines: return JSONLinesReporter()
        case .sarif: return SARIFReporter()
        case .github: return GitHubReporter()
        case .text:
            let isTerminal = isatty(descriptor) == 1 && getenv("NO_COLOR") == nil
            let isColored = color == .always || (color == .auto && isTerminal)
            return TextReporter(isColored: isColored, namesDomains: namesDomains)
        }
    }

    /// Whether a finding is printed.
    func shows(_ finding: Finding) -> Bool {
        !quiet || counts(finding)
    }

    /// Whether a finding makes the exit status 1.
    func counts(_ finding: Finding) -> Bool {
        guard let least = failOn.severity else { return false }
        return finding.severity >= least && !finding.isFixed
    }
}
