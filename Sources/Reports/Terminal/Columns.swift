/// The text with blanks behind it, up to a width in characters.
package func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
}

/// Lines of a label and a value, with the values in one column.
///
/// - Parameters:
///   - indent: blanks in front of each line.
///   - column: where the values begin, in characters after the indent; nil for two blanks after the longest label.
package func labelled(
    _ lines: [(label: String, value: String)], indent: Int = 2, column: Int? = nil
) -> String {
    let column = column ?? (lines.map(\.label.count).max() ?? 0) + 2
    return lines.map { label, value in
        "\(String(repeating: " ", count: indent))\(padded(label, to: column))\(printable(value))\n"
    }.joined()
}

/// Paragraphs, each broken into lines of at most `width` characters; a longer word has a line of its own.
package func wrapped(_ text: String, to width: Int = 80) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
        var lines = [""]
        for word in paragraph.split(separator: " ") {
            if lines[lines.count - 1].count + word.count + 1 > width { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        return lines.joined(separator: "\n")
    }.joined(separator: "\n")
}

/// Every line with four blanks in front of it; empty lines are left out.
package func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "    \($0)\n" }.joined()
}

/// `1 file`, `2 files`.
package func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
