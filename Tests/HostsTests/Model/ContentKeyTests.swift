import Testing

@testable import Hosts

@Suite("Keys of texts")
struct ContentKeyTests {
    @Test("A key is the beginning of SHA-256 (NIST's examples for FIPS 180-4)", arguments: [
        ("abc", "ba7816bf8f01cfea414140de5dae2223"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039"),
        ("", "e3b0c44298fc1c149afbf4c8996fb924"),
    ])
    func sha256(text: String, key: String) { #expect(ContentKey(of: text).description == key) }

    @Test("A key has 32 digits, also if it begins with zeros")
    func digits() {
        // The first number whose SHA-256 begins with a zero digit in each half of the key.
        for number in 0..<2000 {
            let key = ContentKey(of: "\(number)").description
            #expect(key.count == 32 && key.allSatisfy { $0.isHexDigit })
        }
    }
}
