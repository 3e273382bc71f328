
/// libvirt's table of features, vendors and models.
public struct CPUMap: Sendable, Equatable {
    /// The libvirt release that the data is from; nil when nobody said.
    public var libvirtVersion: String?
    public var x86: X86Map
    public var ppc64: PVRMap
    public var arm: PVRMap

    public init(libvirtVersion: String?, x86: X86Map, ppc64: PVRMap, arm: PVRMap) {
        self.libvirtVersion = libvirtVersion
        self.x86 = x86
        self.ppc64 = ppc64
        self.arm = arm
    }
}

/// The CPU architectures as libvirt's CPU drivers group them.
public enum CPUFamily: Sendable, Equatable {
    /// i686 and x86_64, which are one to libvirt.
    case x86
    /// ppc64 and ppc64le.
    case ppc64
    /// The map lists models (arm) or nothing (s390x, riscv64, …), and libvirt compares none of it.
    case notJudged(String)

    /// From libvirt's name of an architecture (`x86_64`).
    public init(architecture: String) {
        switch Architecture(name: architecture).facts.comparison {
        case .x86: self = .x86
        case .ppc64: self = .ppc64
        case nil: self = .notJudged(architecture)
        }
    }
}
