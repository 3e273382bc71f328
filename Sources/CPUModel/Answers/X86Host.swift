/// What an x86 host has. Many comparisons can use it without working it out from the host's `<cpu>` each time.
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
