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

    /// What is otherwise on old machine types: on machines up to a version, on top of the changes of newer machines.
    public struct MachineChange: Sendable, Equatable {
        /// The newest version of machine types that has the change.
        public var upTo: MachineVersion
        /// Another signature.
        public var signature: CPUSignature?
        /// Another brand string.
        public var brand: String?
        /// Features that the model gains and loses under KVM.
        public var kvm: Difference
        /// Features that the model gains and loses under emulation.
        public var tcg: Difference

        /// A change of the given parts.
        public init(
            upTo: MachineVersion, signature: CPUSignature? = nil, brand: String? = nil,
            kvm: Difference = Difference(gained: [], lost: []), tcg: Difference = Difference(gained: [], lost: [])
        ) {
            self.upTo = upTo
            self.signature = signature
            self.brand = brand
            self.kvm = kvm
            self.tcg = tcg
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
    /// What is otherwise on old machine types, the newest first. The other properties describe the newest machine.
    public var onOlderMachines: [MachineChange]

    /// A model made of the given parts.
    public init(
        name: String, brand: String, vendor: String, signature: CPUSignature, kvm: Difference, tcg: Difference,
        onOlderMachines: [MachineChange] = []
    ) {
        self.onOlderMachines = onOlderMachines
        self.name = name
        self.brand = brand
        self.vendor = vendor
        self.signature = signature
        self.kvm = kvm
        self.tcg = tcg
    }

    /// The difference under one accelerator.
    public func difference(under accelerator: Accelerator) -> Difference { accelerator == .kvm ? kvm : tcg }

    /// The model as a guest on a machine type has it.
    ///
    /// - Parameter machine: the version of the machine type; nil stands for the newest.
    public func on(_ machine: MachineVersion?) -> QEMUModel {
        guard let machine, onOlderMachines.contains(where: { machine <= $0.upTo }) else { return self }
        var model = self
        model.onOlderMachines = onOlderMachines.filter { $0.upTo < machine }
        for change in onOlderMachines where machine <= change.upTo {
            if let signature = change.signature { model.signature = signature }
            if let brand = change.brand { model.brand = brand }
            model.kvm.apply(change.kvm)
            model.tcg.apply(change.tcg)
        }
        return model
    }
}

extension QEMUModel.Difference {
    /// Adds features to the model and removes some from it. The lists are not in map order then.
    mutating func apply(_ change: QEMUModel.Difference) {
        for (names, from, to) in [(change.gained, \Self.lost, \Self.gained), (change.lost, \Self.gained, \Self.lost)] {
            for name in names {
                if let index = self[keyPath: from].firstIndex(of: name) {
                    self[keyPath: from].remove(at: index)
                } else {
                    self[keyPath: to].append(name)
                }
            }
        }
    }

    /// The features that are gained and lost when this difference becomes another one.
    package func change(to other: QEMUModel.Difference) -> QEMUModel.Difference {
        QEMUModel.Difference(
            gained: other.gained.filter { !gained.contains($0) } + lost.filter { !other.lost.contains($0) },
            lost: other.lost.filter { !lost.contains($0) } + gained.filter { !other.gained.contains($0) })
    }
}
