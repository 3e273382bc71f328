import LibvirtWords

/// Architectures that one of libvirt's CPU drivers compares with each other.
public enum CPUFamily: Sendable, Equatable {
    /// i686 and x86_64.
    case x86
    /// ppc64 and ppc64le.
    case ppc64
    /// An architecture, by libvirt's name, whose CPUs the map cannot compare. For arm it only lists models; for s390x,
    /// riscv64 and others it has nothing.
    case notJudged(String)

    /// The family of an architecture, by libvirt's name: `x86_64`.
    public init(architecture: String) {
        switch Architecture(name: architecture).facts.comparison {
        case .x86: self = .x86
        case .ppc64: self = .ppc64
        case nil: self = .notJudged(architecture)
        }
    }
}
