/// A CPU model of QEMU, and how it differs from libvirt's model of the same name.
///
/// libvirt's map is libvirt's own bookkeeping. The guest gets QEMU's model.
public struct QEMUModel: Sendable, Equatable {
    /// Features by which QEMU's model differs from libvirt's, by name and in map order.
    ///
    /// A feature that QEMU clears because another one is absent (`npt` without `svm`) is not listed.
    public struct Difference: Sendable, Equatable {
        /// Features that QEMU's model has and libvirt's lacks.
        public var gained: [String]
        /// Features that libvirt's model has and QEMU's lacks.
        public var lost: [String]

        /// A difference of the given features.
        public init(gained: [String], lost: [String]) {
            self.gained = gained
            self.lost = lost
        }
    }

    /// The name of the model, which QEMU and libvirt share.
    public var name: String
    /// The processor's name as the guest sees it (CPUID leaves 0x80000002–4). libvirt has no setting for it.
    public var brand: String
    /// The 12 characters of CPUID leaf 0 under emulation. Under KVM a guest sees the host's vendor instead.
    public var vendor: String
    /// Family, model and stepping as the guest sees them.
    public var signature: CPUSignature
    /// The difference under KVM, which turns `x2apic` on and `acpi`, `monitor` and `svm` off (QEMU,
    /// target/i386/kvm/kvm-cpu.c, `kvm_default_props`).
    public var kvm: Difference
    /// The difference under emulation. The translator leaves out features that it cannot emulate; those still count as
    /// part of the model here.
    public var tcg: Difference

    /// A model made of the given parts.
    public init(
        name: String, brand: String, vendor: String, signature: CPUSignature, kvm: Difference, tcg: Difference
    ) {
        self.name = name
        self.brand = brand
        self.vendor = vendor
        self.signature = signature
        self.kvm = kvm
        self.tcg = tcg
    }

    /// The difference under one accelerator.
    public func difference(under accelerator: Accelerator) -> Difference { accelerator == .kvm ? kvm : tcg }
}
