import XMLTree

/// An attribute's value with its quotation marks. Line feeds and tabs stay what they are when it is read.
func attribute(_ text: String) -> String {
    "\"" + content(text).replacing("\n", with: "&#10;").replacing("\r", with: "&#13;").replacing("\t", with: "&#9;") + "\""
}

/// Text as the content of an element. A character that XML 1.0 cannot hold becomes U+FFFD.
func content(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
        let isHeld = scalar.value >= 0x20 && scalar.value != 0xfffe && scalar.value != 0xffff || [0x9, 0xa, 0xd].contains(scalar.value)
        return isHeld ? scalar : "\u{fffd}"
    }
    return String(String.UnicodeScalarView(scalars)).xmlEscaped
}
