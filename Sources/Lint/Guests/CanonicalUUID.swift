/// A UUID as RFC 4122 writes it and virsh prints it: lower case, with dashes. libvirt accepts dashes anywhere and both cases
/// (viruuid.c, `virUUIDParse`). Text that is no UUID is returned unchanged.
package func canonical(uuid text: String) -> String {
    guard let digits = GuestRecord.normalized(uuid: text), digits.utf8.count == 32, digits.count == 32,
        digits.allSatisfy(\.isHexDigit)
    else { return text }
    var rest = digits[...]
    return [8, 4, 4, 4, 12].map { count in
        defer { rest = rest.dropFirst(count) }
        return String(rest.prefix(count))
    }.joined(separator: "-")
}
