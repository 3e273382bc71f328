import CPUModel
import LibvirtWords
import Lint

/// `FILE:LINE:COLUMN: severity: message [rule]`, then the source line, notes and help. On a terminal, long lines are broken
/// between words, and an empty line stands between two findings.
struct TextReporter: Reporter {
    var isColored: Bool
    /// The columns of the terminal; nil if no line is to be broken.
    var width: Int?
    /// State the domain's name with each finding, because the input is not a file of its own.
    var namesDomains: Bool
    /// Where the rules are documented, for a terminal that shows links; nil for none.
    var rules: RuleLinks?

    var separator: String { width == nil ? "" : "\n" }

    func lines(for finding: Finding, in file: String) -> String { lines(for: [finding], in: file) }

    func lines(for findings: [Finding], in file: String) -> String {
        let text = ByteBuffer()
        for (index, finding) in findings.enumerated() {
            if index > 0 { text.append(separator) }
            add(finding, in: file, to: text)
        }
        return text.text
    }

    func add(_ finding: Finding, in file: String, to text: ByteBuffer) {
        let color = switch finding.severity {
        case .error: "\u{1b}[31m"
        case .warning: "\u{1b}[33m"
        case .note: "\u{1b}[36m"
        }
        let isRepaired = finding.isFixed && finding.isFixable
        let word = isRepaired ? "fixed" : finding.severity.rawValue
        if isColored { text.append("\u{1b}[1m") }
        let file = printable(file)
        text.append(file)
        text.append(":")
        text.append(finding.start.line)
        text.append(":")
        text.append(finding.start.column)
        text.append(isColored ? ":\u{1b}[0m " : ": ")
        if isColored { text.append(isRepaired ? "\u{1b}[32m" : color) }
        text.append(word)
        text.append(isColored ? "\u{1b}[0m:" : ":")
        addMessage(of: finding, behind: width == nil ? 0 : "\(file):\(finding.start): \(word):".count, to: text)
        text.append("\n")
        addExcerpt(finding, to: text)
        if namesDomains, let name = finding.domainName {
            text.append(Self.margin)
            text.append("domain ")
            text.append(printable(name))
            text.append("\n")
        }
        for note in finding.notes { addBelow(printable(shortened(note)), to: text) }
        // The message names only some of many hosts.
        if finding.hosts.count > mostNamedHosts {
            text.append("\(Self.margin)\(finding.hosts.count) hosts: --format json names all of them\n")
        }
        if let help = finding.help, !isRepaired { addBelow("help: \(printable(help))", to: text) }
    }

    private static let margin = "      = "

    /// Adds a line of its own below the excerpt.
    private func addBelow(_ line: String, to text: ByteBuffer) {
        text.append(Self.margin)
        text.append(broken(line, behind: 8, indent: 8))
        text.append("\n")
    }

    /// Adds the message and the rule, behind a blank. Where the place fills the line, they begin in the next one.
    private func addMessage(of finding: Finding, behind column: Int, to text: ByteBuffer) {
        guard let width else {
            text.append(" ")
            text.append(printable(finding.message))
            text.append(" [")
            text.append(rules?.link(to: finding.rule) ?? finding.rule)
            return text.append("]")
        }
        let message = "\(printable(shortened(finding.message))) [\(finding.rule)]"
        let first = message.prefix { $0 != " " }.count
        let isBelow = column + 1 + first > width
        text.append(isBelow ? "\n    " : " ")
        text.append(linked(finding.rule, in: broken(message, behind: isBelow ? 4 : column + 1, indent: 4)))
    }

    /// A text that ends with the rule in brackets, with the rule as a link.
    private func linked(_ rule: String, in text: String) -> String {
        guard let rules, text.hasSuffix("[\(rule)]") else { return text }
        return "\(text.dropLast(rule.count + 1))\(rules.link(to: rule))]"
    }

    private func broken(_ text: String, behind first: Int, indent: Int) -> String {
        width.map { Reports.broken(text, behind: first, to: $0, indent: indent) } ?? text
    }

    /// A message for a terminal: of more than `mostNames` names in a row, only the first are shown. Programs read the others in
    /// other formats.
    private func shortened(_ text: String) -> String {
        guard width != nil else { return text }
        let parts = text.parts(separatedBy: ", ")
        var shown: [Substring] = []
        var place = 0
        while place < parts.count {
            var end = place + 1
            while end < parts.count - 1, Self.isName(parts[end]) { end += 1 }
            // The last name may have the rest of the sentence behind it.
            let count = end - place + 1
            guard end < parts.count, count > Self.mostNames else {
                shown.append(parts[place])
                place += 1
                continue
            }
            let last = parts[end].dropFirst(Self.policy(before: parts[end])?.count ?? 0)
            let rest = last.drop { $0 != " " && $0 != ";" && $0 != ":" && $0 != ")" }
            shown += parts[place..<(place + Self.shownNames)]
            shown[shown.count - 1] += " and \(count - Self.shownNames) more\(rest)"
            place = end + 1
        }
        return shown.joined(separator: ", ")
    }

    /// Whether a part is a name alone, or one with a policy: `require pcid`.
    private static func isName(_ part: Substring) -> Bool { !part.dropFirst(policy(before: part)?.count ?? 0).contains(" ") }

    /// The policy in front of the name of a feature, with the blank behind it.
    private static func policy(before part: Substring) -> String? {
        CPUDefinition.Policy.allCases.map { $0.rawValue + " " }.first { part.hasPrefix($0) }
    }

    private static let mostNames = 15, shownNames = 12

    /// Adds the source line with the place marked under it. Tabs are kept, so that the mark stands in the right column. Of a
    /// long line, only 160 characters around the place are shown.
    private func addExcerpt(_ finding: Finding, to text: ByteBuffer) {
        var line = printable(finding.sourceLine)
        line.withUTF8 { line in
            func isFirst(_ byte: UInt8) -> Bool { byte & 0xc0 != 0x80 }
            /// The index of the byte that is `count` characters (Unicode scalars) behind another one.
            func index(_ start: Int, plus count: Int) -> Int {
                var (index, left) = (start, count)
                while index < line.count {
                    if isFirst(line[index]) {
                        if left == 0 { break }
                        left -= 1
                    }
                    index += 1
                }
                return index
            }
            let place = finding.sourceOffset
            let first = place >= 100 ? place - 21 : 0
            let start = index(0, plus: first), marked = index(start, plus: place - first)
            guard marked < line.count else { return }
            let end = index(marked, plus: first + 160 - place)
            let shown = line[marked..<end].count(where: isFirst)
            let length = finding.end.line == finding.start.line ? finding.end.column - finding.start.column : shown
            text.append(finding.start.line, width: 5)
            text.append(" | ")
            text.append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(line)[start..<end]))
            text.append("\n      | ")
            for byte in line[start..<marked] where isFirst(byte) { text.append(byte == UInt8(ascii: "\t") ? byte : UInt8(ascii: " ")) }
            text.append("^")
            text.append(UInt8(ascii: "~"), times: min(length, shown) - 1)
            text.append("\n")
        }
    }
}
