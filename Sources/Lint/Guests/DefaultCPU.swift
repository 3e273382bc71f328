import DomainXML

/// Whether the guest gets the hypervisor's default CPU: there is no `<cpu>`, or it requests nothing, or libvirt itself
/// wrote it for a guest that requested nothing.
func isHypervisorDefault(_ cpu: CPU?, _ guest: Guest) -> Bool {
    guard let cpu else { return true }
    guard cpu.effectiveMode == .custom, cpu.features.isEmpty else { return false }
    guard let model = cpu.namedModel else { return true }
    return guest.isX86 && cpu.check?.value == CPU.Check.none
        && writtenForDefault.contains { guest.domain.is(model, $0) }
}

/// The models that libvirt writes into the definition of an x86 guest without `<cpu>` (libvirt,
/// `qemuDomainDefSetDefaultCPU`).
private let writtenForDefault: [StaticString] = ["qemu64", "kvm64", "qemu32", "kvm32"]

/// The basic model that an x86 guest names, without its version (`kvm64` for `kvm64-v1`). Nil for other models, and for a
/// guest that also gets what its host has.
func basicModel(of guest: Guest) -> String? {
    guard guest.isX86, let cpu = guest.cpu, cpu.effectiveMode == .custom, !guest.followsHost,
        let model = cpu.namedModel.map({ guest.domain[$0] })
    else { return nil }
    let name = model.hasSuffix("-v1") ? String(model.dropLast(3)) : model
    return writtenForDefault.contains { "\($0)" == name } ? name : nil
}
