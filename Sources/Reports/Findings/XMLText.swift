import LibvirtWords
import XMLTree

/// An attribute's value with its quotation marks. Line feeds stay what they are when it is read.
func attribute(_ text: String) -> String { "\"" + content(text).replacingEach("\n", with: "&#10;") + "\"" }

/// Text as the content of an element. Control characters, and characters that XML 1.0 cannot hold, become U+FFFD: people
/// look at such files on terminals.
func content(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
        switch scalar.value {
        case 0x9, 0xa: scalar
        case 0..<0x20, 0x7f..<0xa0, 0xfffe, 0xffff: "\u{fffd}"
        default: scalar
        }
    }
    return String(String.UnicodeScalarView(scalars)).xmlEscaped.replacingEach("\t", with: "&#9;")
}
