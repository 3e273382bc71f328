public import CPUModel

extension CPUKnowledge {
    /// The level of x86-64 that a guest under KVM gets from a model, on the newest machine type. Nil for a 32-bit model,
    /// and for one of which only the name is known.
    ///
    /// QEMU's models decide, not libvirt's map: QEMU's Haswell has x86-64-v3, and the map lacks two features of it.
    public func level(ofModel name: String) -> ISALevel? {
        let cpu = CPUDefinition(kind: .guest, model: name)
        guard let seen = try? map.guestVisibleCPU(of: cpu, under: .kvm) else { return nil }
        return map.x86.level(of: seen.features)
    }
}
