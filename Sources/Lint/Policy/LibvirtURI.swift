import LibvirtWords

/// The parts of a libvirt URI that decide whether a policy may contain it.
///
/// A URI can make libvirt run programs and read files: the transport `ext` and `command=` run a program, `netcat=` and
/// `proxy=` run one on the remote host; `socket=`, `keyfile=`, `pkipath=`, `known_hosts=` and `authfile=` name files;
/// `name=` is another URI; `no_verify=` and similar parameters switch checks off. New libvirt releases can add
/// parameters, so only listed transports and parameters are allowed. The URI is taken apart as libvirt does it: it is
/// percent-decoded once, names are compared without case, and both `&` and `;` separate parameters
/// (libvirt.org/uri.html; remote_driver.c).
struct LibvirtURI {
    private let scheme: String
    private let authority: String
    private let parameters: [String]
    private let hasFragment: Bool
    /// The URI contains characters outside ASCII, or control characters, even if they are percent-encoded.
    private let hasOddCharacters: Bool

    /// `mode` chooses between two of libvirt's own daemons; with `no_tty`, ssh does not ask for a password.
    static let allowedParameters = ["mode", "no_tty"]
    static let allowedTransports = ["ssh", "libssh", "libssh2", "tls", "tcp", "unix"]

    init(_ text: String) {
        // A text outside ASCII is refused, so its parts do not matter. In ASCII each of Swift's characters is one byte.
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        let text = isASCII ? text : ""
        let parts = text.parts(separatedBy: "://", most: 2)
        scheme = parts[0].lowercased()
        let rest = parts.count > 1 ? parts[1] : ""
        authority = String(rest.prefix { !"/?#".contains($0) })
        hasFragment = rest.contains("#")
        let query = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? ""
        parameters = query.split { "&;".contains($0) }.map { parameter in
            percentDecoded(parameter.prefix { $0 != "=" }).lowercased()
        }
        hasOddCharacters = !isASCII || percentDecoded(rest).utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }

    /// Why no policy may contain this URI; nil if policies may.
    var refusal: HostRefusal? {
        let atHost = "if you trust it, pass it with --host"
        if hasOddCharacters { return .init("a URI must be ASCII, without control characters") }
        let words = scheme.split(separator: "+", omittingEmptySubsequences: false)
        guard words.count <= 2, words.allSatisfy(isSchemeWord) else {
            return .init("\(quoted(scheme)) is not a URI scheme: a libvirt URI starts like qemu:// or qemu+ssh://")
        }
        if words.count == 2, !Self.allowedTransports.contains(String(words[1])) {
            let transport = quoted("+" + words[1])
            return words[1] == "ext"
                ? .init("a policy cannot name a URI with transport \(transport), which runs a command", help: atHost)
                : .init(
                    "unknown transport \(transport)"
                        + didYouMean(nearest(String(words[1]), among: Self.allowedTransports).map { "+" + $0 }))
        }
        if let parameter = parameters.first(where: { !Self.allowedParameters.contains($0) }) {
            return .init(
                "a policy cannot name a URI with \(quoted(parameter + "=")): only the parameters 'mode=' and 'no_tty=' are allowed",
                help: atHost)
        }
        if hasFragment { return .init("a libvirt URI cannot contain '#'") }
        // ssh would take a host or user that begins with '-' for an option.
        if authority.split(separator: "@").contains(where: { percentDecoded($0).hasPrefix("-") }) {
            return .init("the host or user of a URI cannot start with '-'")
        }
        return nil
    }

    private func isSchemeWord(_ word: Substring) -> Bool {
        !word.isEmpty && word.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric }
    }
}

/// The text, percent-decoded once. A `%` without two hexadecimal digits stays.
private func percentDecoded(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let value = hexadecimalByte(bytes[index + 1], bytes[index + 2])
        {
            decoded.append(value)
            index += 3
        } else {
            decoded.append(bytes[index])
            index += 1
        }
    }
    return String(decoding: decoded, as: UTF8.self)
}

private func hexadecimalByte(_ high: UInt8, _ low: UInt8) -> UInt8? {
    func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
    guard let high = digit(high), let low = digit(low) else { return nil }
    return high << 4 | low
}
