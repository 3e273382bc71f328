import CPUModel

/// The name of a machine type, and the part of it that decides the default CPU.
struct MachineType: CustomStringConvertible {
    let description: String
    /// The version: `9.2` of `pc-q35-9.2`; the whole name of a board that has no versions. Nil for an alias such as
    /// `q35`, which stands for the newest version that QEMU has, and if no machine is named.
    let version: Substring?

    private static let aliases = ["pc", "q35", "virt", "pseries", "s390-ccw-virtio", "ubuntu", "ubuntu-q35"]
    private static let families = ["pc-i440fx-", "pc-q35-", "pc-", "virt-", "pseries-", "s390-ccw-virtio-"]

    /// The machine type has one of QEMU's versions, for which its x86 models are recorded.
    var isRecorded: Bool { MachineVersion(machine: description) != nil }

    init(_ name: String?) {
        description = name ?? "the default machine"
        guard let name, !Self.aliases.contains(name) else {
            version = nil
            return
        }
        version = name.dropFirst(Self.families.first { name.hasPrefix($0) }?.count ?? 0)
    }
}
