/// The words of one attribute and their meanings. Each word is packed into two integers, so that looking one up
/// compares integers and not strings.
struct KeywordTable<Value: RawRepresentable<String> & CaseIterable & Sendable> where Value.AllCases == [Value] {
    /// The words, in the order of the cases.
    private let words: [PackedKeyword]

    /// Makes a table of the raw values of `Value`, each of at most 16 bytes.
    init() {
        words = Value.allCases.map { value in
            var text = value.rawValue
            return text.withUTF8 { PackedKeyword($0)! }
        }
    }

    /// The value of a word; nil when the word is not in the table.
    func value(of bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        guard let word = PackedKeyword(bytes) else { return nil }
        for (index, known) in words.enumerated() where known == word { return Value.allCases[index] }
        return nil
    }
}

/// The bytes of a word as integers.
struct PackedKeyword: Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// Nil when there are more than 16 bytes or when one is zero.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= 16 else { return nil }
        for (index, byte) in bytes.enumerated() {
            if byte == 0 { return nil }
            let shifted = UInt64(byte) << (8 * (index % 8))
            if index < 8 { low |= shifted } else { high |= shifted }
        }
    }
}
