/// The language of a template, by the first marker in a text: Jinja (`{%`, `{{`), Go (`{{`), ERB (`<%`) or Terraform (`${`,
/// `%{`). Nil if there is none.
package func templateLanguage(of text: some Sequence<UInt8>) -> String? {
    var before: UInt8 = 0
    for byte in text {
        switch (before, byte) {
        case (UInt8(ascii: "{"), UInt8(ascii: "%")): return "Jinja"
        case (UInt8(ascii: "{"), UInt8(ascii: "{")): return "Jinja or Go"
        case (UInt8(ascii: "<"), UInt8(ascii: "%")): return "ERB"
        case (UInt8(ascii: "$"), UInt8(ascii: "{")), (UInt8(ascii: "%"), UInt8(ascii: "{")): return "Terraform"
        default: before = byte
        }
    }
    return nil
}
