/// What executes a guest's instructions.
public enum Accelerator: Sendable, Hashable, CaseIterable {
    /// The host's processor: `<domain type='kvm'>`.
    case kvm
    /// QEMU's translator (TCG): `<domain type='qemu'>`.
    case tcg
}
