internal import CLibMD

/// The SHA-256 of some bytes (FIPS 180-4).
package struct SHA256Digest: Sendable, Hashable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// The digest of a text in UTF-8.
    package init(of text: String) {
        var text = text
        var context = SHA2_CTX()
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256Init(&context)
        text.withUTF8 { SHA256Update(&context, $0.baseAddress, $0.count) }
        SHA256Final(&digest, &context)
        bytes = digest
    }

    /// The bytes in base64 (RFC 4648), with its padding.
    package var base64: String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0..<4 { text.append(digit <= group.count ? digits[bits >> (18 - 6 * digit) & 63] : "=") }
        }
        return text
    }
}
