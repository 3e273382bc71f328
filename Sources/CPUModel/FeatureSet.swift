/// A set of CPUID and MSR bits, as a bit set.
///
/// Position *n* means the *n*-th bit that the features of one `X86Map` are made of, in the map's order; sets of
/// different maps do not mix. In libvirt's map every feature is one bit of its own, so that a position is a feature;
/// nothing here relies on it.
///
/// 1,024 positions in one SIMD vector (libvirt 11.3.0 uses 364): union, difference and inclusion are a few machine
/// instructions each, and nothing is allocated.
public struct FeatureSet: Sendable, Hashable {
    /// How many positions there are.
    public static let capacity = 1024

    var words: SIMD16<UInt64>

    public init() { words = .zero }

    init(words: SIMD16<UInt64>) { self.words = words }

    init(position: Int) {
        self.init()
        insert(position)
    }

    @inline(__always)
    public var isEmpty: Bool { words == .zero }

    /// How many bits are set.
    public var count: Int {
        var total = 0
        for index in 0..<16 { total += words[index].nonzeroBitCount }
        return total
    }

    mutating func insert(_ position: Int) {
        words[position >> 6] |= 1 << UInt64(position & 63)
    }

    @inline(__always)
    public func isSubset(of other: FeatureSet) -> Bool { words & ~other.words == .zero }

    @inline(__always)
    public func isDisjoint(with other: FeatureSet) -> Bool { words & other.words == .zero }

    @inline(__always)
    public static func | (left: FeatureSet, right: FeatureSet) -> FeatureSet {
        FeatureSet(words: left.words | right.words)
    }

    @inline(__always)
    public static func & (left: FeatureSet, right: FeatureSet) -> FeatureSet {
        FeatureSet(words: left.words & right.words)
    }

    @inline(__always)
    public static func - (left: FeatureSet, right: FeatureSet) -> FeatureSet {
        FeatureSet(words: left.words & ~right.words)
    }

    public static func |= (left: inout FeatureSet, right: FeatureSet) { left = left | right }
    public static func &= (left: inout FeatureSet, right: FeatureSet) { left = left & right }
    public static func -= (left: inout FeatureSet, right: FeatureSet) { left = left - right }

    /// Calls `body` with each position that is set, lowest first.
    func forEachPosition(_ body: (Int) -> Void) {
        for index in 0..<16 {
            var word = words[index]
            while word != 0 {
                body(index << 6 + word.trailingZeroBitCount)
                word &= word - 1
            }
        }
    }
}
