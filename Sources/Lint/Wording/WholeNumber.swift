/// A decimal number as libvirt's `virStrToLong_uip` reads it: white space and a plus sign before the digits are
/// accepted. Nil for any other text, and for a number that does not fit in 32 bits.
func wholeNumber(_ text: String) -> Int? {
    var rest = text.utf8.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    if rest.first == 0x2b { rest = rest.dropFirst() }
    guard !rest.isEmpty, rest.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return UInt32(Substring(rest)).map { Int($0) }
}

/// A number as libvirt writes it: `+3` and `03` are 3. Text that is no number stays as it is.
func plainNumber(_ text: String) -> String { wholeNumber(text).map(String.init) ?? text }
