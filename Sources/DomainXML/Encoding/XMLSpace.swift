/// Whether a byte or a UTF-16 code unit is white space in XML (XML 1.0, production 3).
@inline(__always)
func isXMLSpace<Unit: FixedWidthInteger & UnsignedInteger>(_ unit: Unit) -> Bool {
    unit == 0x20 || unit == 0x0a || unit == 0x0d || unit == 0x09
}
