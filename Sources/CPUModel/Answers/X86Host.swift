/// The vendor and the features of an x86 host, computed once from its `<cpu>` and used for many comparisons.
public struct X86Host: Sendable, Equatable {
    /// The map's name of the vendor: `Intel`. Nil when it is not known.
    public var vendor: String?
    /// Every feature of the host, those of its model included.
    public var features: FeatureSet
    /// The host's model, if nothing but its name is known. The host then has more features than `features`, so a
    /// feature that is not there can be there in truth.
    public var modelKnownByNameOnly: String?

    /// A host made of the given parts.
    public init(vendor: String?, features: FeatureSet, modelKnownByNameOnly: String? = nil) {
        self.vendor = vendor
        self.features = features
        self.modelKnownByNameOnly = modelKnownByNameOnly
    }
}
