/// A group of architectures that virt-cpu treats alike. `ArchitectureFacts.all` describes each group.
public enum ArchitectureFamily: Int, Sendable, CaseIterable {
    /// x86_64 and i686.
    case x86
    /// aarch64.
    case arm64
    /// The 32-bit ARM architectures.
    case arm
    /// ppc64 and ppc64le.
    case ppc64
    /// s390x and s390.
    case s390
    /// riscv64.
    case riscv64
    /// loongarch64.
    case loongarch64
    /// Every other architecture.
    case other
}
