import LibvirtWords

/// Text for a terminal: lines of prose are broken between words, and go on below the column in which they began.
///
/// Not broken are XML, tables with short cells, and lists of names without commas, which people copy.
///
/// - Parameter width: the columns of the terminal; nil for text that goes elsewhere, which stays as it is.
package func folded(_ text: String, to width: Int?) -> String {
    guard let width else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.count <= width ? String(line) : folded(line, to: width)
    }.joined(separator: "\n")
}

private func folded(_ line: Substring, to width: Int) -> String {
    let start = line.firstIndex { $0 != " " } ?? line.startIndex
    if line[start...].first == "<" { return String(line) }
    // The last column begins behind the last two blanks.
    let gap = line[start...].occurrences(of: "  ").last.map(\.upperBound) ?? start
    let column = line[gap...].firstIndex { $0 != " " } ?? line.endIndex
    let words = line[column...].split(separator: " ")
    guard isProse(words) else { return String(line) }
    let indent = line.distance(from: line.startIndex, to: start), first = line.distance(from: line.startIndex, to: column)
    let text = words.joined(separator: " ")
    if first <= width / 2 {
        return line[..<column] + broken(text, behind: first, to: width, indent: column == start ? indent + 2 : first)
    }
    // Beside the other columns, there is too little room to read it: it begins below the second one.
    let head = line[..<column].dropLast(line[..<column].reversed().prefix { $0 == " " }.count)
    let second = head[start...].occurrences(of: "  ").first.map { head.distance(from: head.startIndex, to: $0.upperBound) } ?? indent + 4
    return head + "\n" + String(repeating: " ", count: second) + broken(text, behind: second, to: width, indent: second)
}

/// Whether the words of a column are a sentence, not a cell of a table or a list of names.
private func isProse(_ words: [Substring]) -> Bool {
    let small: Set<Substring> = ["a", "an", "and", "are", "can", "have", "in", "is", "of", "on", "or", "that", "the", "to", "with"]
    return words.count > 3 && words.contains { small.contains($0) || $0.last == "," || $0.last == ";" }
}

/// A text that begins behind so many columns, broken between words at a width.
package func broken(_ text: String, behind first: Int, to width: Int, indent: Int) -> String {
    guard first + text.count > width else { return text }
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
