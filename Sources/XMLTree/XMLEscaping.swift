extension String {
    /// The string as it must be written in element content or in an attribute value between either kind of quotation marks: the
    /// five characters that XML predefines entities for are replaced by them.
    public var xmlEscaped: String {
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
