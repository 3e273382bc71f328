/// The words of one attribute, each packed into two integers: comparing `String`s took 3 % of the filter.
struct KeywordTable<Value: RawRepresentable<String> & CaseIterable & Sendable & Equatable> {
    private typealias Packed = (low: UInt64, high: UInt64)
    private let words: [(packed: Packed, value: Value)]

    init() {
        words = Value.allCases.map { value in
            var text = value.rawValue
            return (text.withUTF8 { Self.pack($0)! }, value)
        }
    }

    /// `nil` for a word that is none of them.
    func value(of bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        guard let packed = Self.pack(bytes) else { return nil }
        for word in words where word.packed == packed { return word.value }
        return nil
    }

    /// `nil` for more than 16 bytes, or with a zero among them.
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

/// The words of `<cpu>` and of what is in it.
struct CPUKeywords {
    let modes = KeywordTable<CPU.Mode>()
    let matches = KeywordTable<CPU.Match>()
    let checks = KeywordTable<CPU.Check>()
    let switches = KeywordTable<CPU.Switch>()
    let fallbacks = KeywordTable<CPU.Fallback>()
    let policies = KeywordTable<CPU.Policy>()
    let cacheModes = KeywordTable<CPU.CacheMode>()
    let addressModes = KeywordTable<CPU.AddressMode>()
}
