/// A list of CPU numbers, as libvirt writes sets of them: `0-3,^2,8` (virbitmap.c, `virBitmapParse`; tried with libvirt
/// 9.0, 11.3 and 12.9).
struct CPUSet {
    /// A bit for each number, up to the word of the largest. Sets of a stranger may repeat a range many times.
    private var words: [UInt64] = []
    /// Whether libvirt's schema accepts the text too. It allows no white space, no sign and no comma at the end.
    private(set) var isInGrammar = true
    /// The largest number that libvirt accepts in a cell (`VIR_DOMAIN_CPUMASK_LEN`).
    static let largest = 16383

    /// The set that a text describes; nil if libvirt cannot read it.
    init?(_ text: String) {
        var rest = Substring(text).utf8
        func isSpace(_ byte: UInt8?) -> Bool { byte.map { $0 == 0x20 || $0 >= 0x09 && $0 <= 0x0d } ?? false }
        func skipSpace() {
            while isSpace(rest.first) { rest = rest.dropFirst(); isInGrammar = false }
        }
        func number() -> Int? {
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !digits.isEmpty, let value = Int(String(digits)!), value <= Self.largest else { return nil }
            rest = rest.dropFirst(digits.count)
            return value
        }
        skipSpace()
        if rest.isEmpty { return nil }
        while !rest.isEmpty {
            let isRemoval = rest.first == 0x5e
            if isRemoval { rest = rest.dropFirst() }
            guard let first = number() else { return nil }
            skipSpace()
            var last = first
            if rest.first == 0x2d {
                // A range cannot be removed.
                if isRemoval { return nil }
                rest = rest.dropFirst()
                skipSpace()
                if rest.first == 0x2b { rest = rest.dropFirst(); isInGrammar = false }
                guard let end = number(), end >= first else { return nil }
                last = end
                skipSpace()
            }
            if !isRemoval { insert(first, last) } else if contains(first) { words[first / 64] &= ~(1 << UInt64(first % 64)) }
            guard let next = rest.first else { break }
            guard next == 0x2c else { return nil }
            rest = rest.dropFirst()
            skipSpace()
            if rest.isEmpty { isInGrammar = false }
        }
    }

    private mutating func insert(_ first: Int, _ last: Int) {
        extend(to: last / 64 + 1)
        for word in first / 64...last / 64 {
            var bits = UInt64.max
            if word == first / 64 { bits &= .max << UInt64(first % 64) }
            if word == last / 64 { bits &= .max >> UInt64(63 - last % 64) }
            words[word] |= bits
        }
    }

    private mutating func extend(to count: Int) {
        if words.count < count { words += repeatElement(0, count: count - words.count) }
    }

    /// How many numbers are in the set.
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The largest number in the set; nil if it is empty.
    var max: Int? { words.lastIndex { $0 != 0 }.map { $0 * 64 + 63 - words[$0].leadingZeroBitCount } }

    /// The smallest number that is in both sets; nil if there is none.
    func firstShared(with other: CPUSet) -> Int? {
        for index in 0..<min(words.count, other.words.count) where words[index] & other.words[index] != 0 {
            return index * 64 + (words[index] & other.words[index]).trailingZeroBitCount
        }
        return nil
    }

    /// Adds the numbers of another set.
    mutating func formUnion(_ other: CPUSet) {
        extend(to: other.words.count)
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    func contains(_ number: Int) -> Bool { number / 64 < words.count && words[number / 64] >> UInt64(number % 64) & 1 == 1 }

    /// The empty set.
    init() {}
}
