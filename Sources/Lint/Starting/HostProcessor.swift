import CPUModel

/// The features of a host's processor, or, if its capabilities are not known, what its hypervisor reports.
struct HostProcessor {
    var vendor: String?
    var signature: CPUSignature?
    var features: FeatureSet
}
