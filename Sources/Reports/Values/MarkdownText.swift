import LibvirtWords

/// Text as Markdown shows it unchanged.
package enum MarkdownText {
    /// Outside code, Markdown takes `<cpu>` for HTML and shows nothing.
    package static func prose(_ text: String) -> String {
        var isCode = false
        return text.map { character in
            if character == "`" { isCode.toggle() }
            return character == "<" && !isCode ? "\\<" : String(character)
        }.joined()
    }

    /// The text as a cell of a table, where a vertical bar would end the cell.
    package static func cell(_ text: String) -> String { prose(text).replacingEach("|", with: "\\|") }

    static func block(xml: String) -> String { block(xml, "xml") }

    /// - Parameter language: what highlights the text.
    static func block(_ text: String, _ language: String) -> String {
        "```\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")```\n"
    }
}
