import CPUModel

/// How long QEMU keeps a versioned machine type: it deprecates one after three years and deletes it after six, by its major
/// versions (QEMU, docs/about/deprecated and, in include/hw/boards.h or today include/hw/core/boards.h,
/// `MACHINE_VER_DEPRECATION_MAJOR` and `MACHINE_VER_DELETION_MAJOR`; 10.0 marks up to 7.0 and 11.1 up to 8.1, whose oldest
/// one is 5.2).
struct MachineLifetime {
    let machine: MachineVersion

    /// The QEMU that marks the machine type as deprecated. Before 9.1, QEMU marked only those that it listed by name.
    var deprecation: MachineVersion { max(after(years: 3), MachineVersion(major: 9, minor: 1)) }

    /// The QEMU that no longer has the machine type. The first one that deleted any by this rule was 10.1. Before that, QEMU
    /// deleted a few very old ones one by one, such as `pc-i440fx-2.3`.
    var deletion: MachineVersion { max(after(years: 6), MachineVersion(major: 10, minor: 1)) }

    private func after(years: Int) -> MachineVersion { MachineVersion(major: machine.major + years, minor: machine.minor) }
}
