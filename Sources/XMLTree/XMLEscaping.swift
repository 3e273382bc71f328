extension String {
    /// The string as element content, or as an attribute value in either kind of quotation marks: `&`, `<`, `>`, `'`
    /// and `"` are replaced by the predefined entities of XML.
    public var xmlEscaped: String {
        guard utf8.contains(where: { "&<>'\"".utf8.contains($0) }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "'": result += "&apos;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
