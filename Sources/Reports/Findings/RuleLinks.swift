/// Links to the page that documents the rules, for terminals that show them (OSC 8).
package struct RuleLinks: Sendable {
    private let page: String

    /// - Parameters:
    ///   - page: the absolute path of the page, as bytes. A rule is a heading in it.
    ///   - host: the name of this machine: a terminal may show the output of another one, where the file is not.
    package init(page: [UInt8], host: String) {
        self.page = "file://" + Self.escaped(Array(host.utf8)) + Self.escaped(page)
    }

    /// The rule's id as a link to its documentation.
    func link(to rule: String) -> String { "\u{1b}]8;;\(page)#\(rule)\u{1b}\\\(rule)\u{1b}]8;;\u{1b}\\" }

    private static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "/-._~".unicodeScalars.contains(scalar))
            return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
