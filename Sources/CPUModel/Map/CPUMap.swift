/// libvirt's table of CPU features, vendors and models (`src/cpu_map` in its source tree).
public struct CPUMap: Sendable, Equatable {
    /// The libvirt release that the data is from, such as `11.3.0`; nil when it is not known.
    public var libvirtVersion: String?
    /// Models, features and vendors of i686 and x86_64.
    public var x86: X86Map
    /// Models and vendors of ppc64 and ppc64le.
    public var ppc64: PVRMap
    /// Models, features and vendors of the ARM architectures.
    public var arm: PVRMap

    /// A map made of the given parts.
    public init(libvirtVersion: String?, x86: X86Map, ppc64: PVRMap, arm: PVRMap) {
        self.libvirtVersion = libvirtVersion
        self.x86 = x86
        self.ppc64 = ppc64
        self.arm = arm
    }
}
