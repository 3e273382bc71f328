/// A set of CPUID and MSR bits.
///
/// Position *n* of the set is the *n*-th bit that the features of one `X86Map` use, in the map's order. Sets of two
/// different maps must not be combined. In libvirt's map every feature is one bit that no other feature has, so that a
/// position is a feature, but this type does not rely on that.
///
/// The set holds 1,024 positions in one SIMD vector (libvirt 11.3.0 uses 364). Union, difference and inclusion take a
/// few machine instructions each and allocate nothing.
public struct FeatureSet: Sendable, Hashable {
    /// The number of positions.
    public static let capacity = 1024

    /// Position *n* is bit *n* % 64 of lane *n* / 64.
    var words: SIMD16<UInt64>

    /// The empty set.
    public init() { words = .zero }

    init(words: SIMD16<UInt64>) { self.words = words }

    /// Whether no bit is set.
    @inline(__always)
    public var isEmpty: Bool { words == .zero }

    /// The number of bits that are set.
    public var count: Int {
        var total = 0
        for index in 0..<16 { total += words[index].nonzeroBitCount }
        return total
    }

    mutating func insert(_ position: Int) {
        words[position >> 6] |= 1 << UInt64(position & 63)
    }

    /// Whether every bit of this set is also in the other.
    @inline(__always)
    public func isSubset(of other: FeatureSet) -> Bool { words & ~other.words == .zero }

    /// Whether the sets have no bit in common.
    @inline(__always)
    public func isDisjoint(with other: FeatureSet) -> Bool { words & other.words == .zero }

    /// The bits that are in either set.
    @inline(__always)
    public static func | (left: FeatureSet, right: FeatureSet) -> FeatureSet {
        FeatureSet(words: left.words | right.words)
    }

    /// The bits that are in both sets.
    @inline(__always)
    public static func & (left: FeatureSet, right: FeatureSet) -> FeatureSet {
        FeatureSet(words: left.words & right.words)
    }

    /// The bits of the left set that are not in the right.
    @inline(__always)
    public static func - (left: FeatureSet, right: FeatureSet) -> FeatureSet {
        FeatureSet(words: left.words & ~right.words)
    }

    /// Adds the bits of the right set to the left.
    public static func |= (left: inout FeatureSet, right: FeatureSet) { left = left | right }
    /// Removes the bits from the left set that the right does not have.
    public static func &= (left: inout FeatureSet, right: FeatureSet) { left = left & right }
    /// Removes the bits of the right set from the left.
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
