/// The words of one attribute and their meanings. Each word is packed into two integers, so that looking one up
/// compares integers and not strings.
struct KeywordTable<Value: RawRepresentable<String> & CaseIterable & Sendable & Equatable> {
    private typealias Packed = (low: UInt64, high: UInt64)
    private let words: [(packed: Packed, value: Value)]

    /// Makes a table of the raw values of `Value`, each of at most 16 bytes.
    init() {
        words = Value.allCases.map { value in
            var text = value.rawValue
            return (text.withUTF8 { Self.pack($0)! }, value)
        }
    }

    /// The value of a word; nil when the word is not in the table.
    func value(of bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        guard let packed = Self.pack(bytes) else { return nil }
        for word in words where word.packed == packed { return word.value }
        return nil
    }

    /// The bytes as integers; nil when there are more than 16 bytes or when one is zero.
    private static func pack(_ bytes: UnsafeBufferPointer<UInt8>) -> Packed? {
        guard bytes.count <= 16 else { return nil }
        var packed: Packed = (0, 0)
        for (index, byte) in bytes.enumerated() {
            if byte == 0 { return nil }
            let shifted = UInt64(byte) << (8 * (index % 8))
            if index < 8 { packed.low |= shifted } else { packed.high |= shifted }
        }
        return packed
    }
}
