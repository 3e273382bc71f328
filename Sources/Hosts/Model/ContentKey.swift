/// A name for a text, made of the text alone: the first 128 bits of its SHA-256 (FIPS 180-4), so that a stranger cannot make
/// two texts with one name.
package struct ContentKey: Sendable, Hashable, CustomStringConvertible {
    private var high: UInt64 = 0
    private var low: UInt64 = 0

    /// The key of a text in UTF-8.
    package init(of text: String) {
        let digest = SHA256Digest(of: text).bytes
        for byte in digest[..<8] { high = high << 8 | UInt64(byte) }
        for byte in digest[8..<16] { low = low << 8 | UInt64(byte) }
    }

    /// 32 hexadecimal digits.
    package var description: String { Self.hexadecimal(high) + Self.hexadecimal(low) }

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
