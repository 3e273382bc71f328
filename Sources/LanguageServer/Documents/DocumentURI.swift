import SystemPackage

/// A document's URI.
enum DocumentURI {
    /// The path that a `file:` URI states; nil for another URI (RFC 8089, RFC 3986).
    static func path(of uri: String) -> FilePath? {
        guard let scheme = uri.firstIndex(of: ":"), uri[..<scheme].lowercased() == "file" else { return nil }
        var rest = uri[uri.index(after: scheme)...]
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let host = rest.prefix { $0 != "/" }
            guard host.isEmpty || host == "localhost" else { return nil }
            rest = rest[host.endIndex...]
        }
        guard rest.hasPrefix("/") else { return nil }
        var bytes: [CInterop.PlatformChar] = []
        var escaped = Array(rest.utf8)[...]
        while let byte = escaped.popFirst() {
            let digits = escaped.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(CInterop.PlatformChar(bitPattern: value))
                escaped = escaped.dropFirst(2)
            } else {
                bytes.append(CInterop.PlatformChar(bitPattern: byte))
            }
        }
        guard !bytes.contains(0) else { return nil }
        return FilePath(platformString: bytes + [0])
    }
}
