import CPUModel

extension X86Map {
    /// The models that virt-cpu may choose for a guest: those without a version in their names, because `-vN` names
    /// require libvirt 10.10 on every host.
    func unversionedModels(where isWanted: (X86Model) -> Bool = { _ in true }) -> [ListedModel] {
        models.filter { !Self.isVersioned($0.name) && isWanted($0) }.map { ListedModel(name: $0.name) }
    }

    /// The models that hypervisors give to guests that name none.
    static let hypervisorDefaults = ["qemu64", "kvm64", "qemu32", "kvm32"]

    /// Features of a processor that guests under KVM do not get.
    static let notGivenByKVM = withheldByKVM + neverGivenByKVM
}
