/// Text from files, made safe for a terminal: control characters appear as their Unicode pictures, and characters that
/// change the direction of text as U+FFFD.
package func printable(_ text: String) -> String {
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
