public import LibvirtWords

/// An x86 CPU model: a named set of features.
public struct X86Model: Sendable, Equatable {
    /// libvirt's name of the model: `Skylake-Server-IBRS`.
    public var name: String
    /// libvirt's name of the vendor. Nil for a model that belongs to no vendor, such as `qemu64`.
    public var vendor: String?
    /// Signatures of the real processors that the model is named for.
    public var signatures: [SignaturePattern]
    /// The features of the ancestor and of the model itself, without `removedFeatures` and `addedFeatures`.
    public var features: FeatureSet
    /// libvirt may describe a host's CPU by this model (`<decode host=…>`).
    public var decodesHost: Bool
    /// libvirt may describe a guest's CPU by this model (`<decode guest=…>`).
    public var decodesGuest: Bool
    /// The map has `<check partial='compat'/>`: libvirt compares by the map before it starts a guest with this model.
    /// For other models it uses what the hypervisor reports about the model (qemu_domain.c, `qemuDomainCheckCPU`).
    public var comparesByMap: Bool
    /// The model that this one is derived from. `features`, `vendor` and `signatures` already include
    /// those of the ancestor.
    public var ancestor: String?
    /// Features that QEMU has dropped from the model, in the model's order. libvirt lists them as disabled when it
    /// writes out a guest's CPU. A derived model does not inherit them.
    public var removedFeatures: [String]
    /// Features that QEMU has since added to the model. Under `check='full'`, libvirt accepts a guest that differs in
    /// them. A derived model does not inherit them.
    public var addedFeatures: [String]
    /// The `<group>` of the map's index that the model is listed in: `Intel CPU models`.
    public var group: String?
    /// The oldest built-in libvirt release that has the model. Nil if all have it, and in a map that is not built in.
    public var since: LibvirtVersion?
    /// Nothing but the model's name is known: a hypervisor lists it, but no CPU map here has it. `features` is empty then
    /// and says nothing.
    public var isKnownByNameOnly = false

    /// A `<model>` element of the CPU map. The defaults are what an element without children means.
    public init(
        name: String, vendor: String? = nil, signatures: [SignaturePattern] = [], features: FeatureSet = FeatureSet(),
        decodesHost: Bool = true, decodesGuest: Bool = true, comparesByMap: Bool = false, ancestor: String? = nil,
        removedFeatures: [String] = [], addedFeatures: [String] = [], group: String? = nil
    ) {
        self.name = name
        self.vendor = vendor
        self.signatures = signatures
        self.features = features
        self.decodesHost = decodesHost
        self.decodesGuest = decodesGuest
        self.comparesByMap = comparesByMap
        self.ancestor = ancestor
        self.removedFeatures = removedFeatures
        self.addedFeatures = addedFeatures
        self.group = group
    }

    /// A model of which nothing but the name is known.
    init(nameOnly name: String) {
        self.init(name: name, decodesHost: false, decodesGuest: false)
        isKnownByNameOnly = true
    }

    /// Whether a processor with this signature is one that the model is named for.
    public func matches(_ signature: CPUSignature) -> Bool { signatures.contains { $0.matches(signature) } }
}
