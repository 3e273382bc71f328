/// The vendor and the features of an x86 host, computed once from its `<cpu>` and used for many comparisons.
public struct X86Host: Sendable, Equatable {
    /// The map's name of the vendor: `Intel`. Nil when it is not known.
    public var vendor: String?
    /// Every feature of the host, those of its model included.
    public var features: FeatureSet

    /// A host made of the given parts.
    public init(vendor: String?, features: FeatureSet) {
        self.vendor = vendor
        self.features = features
    }
}
