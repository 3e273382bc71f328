/// What software in a guest can see of its CPU, as far as it follows from `<cpu>`. Windows looks at these things when
/// it decides whether it still runs on the same computer.
public struct GuestVisibleCPU: Sendable, Equatable {
    /// libvirt's name of the model. The guest does not see this name, but the brand depends on it.
    public var model: String
    /// The processor's name (CPUID leaves 0x80000002–4). Nil when the model is not in QEMU's record; the brand
    /// depends on the model's name in that case too.
    public var brand: String?
    /// The 12 characters of CPUID leaf 0. Nil for the host's vendor, which a guest under KVM without `vendor_id` sees.
    public var vendor: String?
    /// Family, model and stepping. Nil when the model is not in QEMU's record.
    public var signature: CPUSignature?
    /// Every feature that the guest sees.
    public var features: FeatureSet

    /// A CPU made of the given parts.
    public init(
        model: String, brand: String?, vendor: String?, signature: CPUSignature?, features: FeatureSet
    ) {
        self.model = model
        self.brand = brand
        self.vendor = vendor
        self.signature = signature
        self.features = features
    }
}
