/// Text as Markdown shows it unchanged.
enum MarkdownText {
    /// Outside code spans, Markdown would take `<cpu>` for an HTML element and show nothing.
    static func prose(_ text: String) -> String {
        var isCode = false
        return text.map { character in
            if character == "`" { isCode.toggle() }
            return character == "<" && !isCode ? "\\<" : String(character)
        }.joined()
    }

    /// In a table a vertical bar would end the cell.
    static func cell(_ text: String) -> String { prose(text).replacing("|", with: "\\|") }

    static func block(_ xml: String) -> String { "```xml\n\(xml)\(xml.hasSuffix("\n") ? "" : "\n")```\n" }
}
