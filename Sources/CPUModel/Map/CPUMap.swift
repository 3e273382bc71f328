/// libvirt's table of CPU features, vendors and models (`src/cpu_map` in its source tree).
public struct CPUMap: Sendable, Equatable {
    /// The parts, behind one reference: a map is handed on several times for each guest, and each copy of its parts would count
    /// two dozen references.
    private let contents: Contents

    private final class Contents: Sendable {
        let libvirtVersion: String?
        let x86: X86Map
        let ppc64: PVRMap
        let arm: PVRMap

        init(_ libvirtVersion: String?, _ x86: X86Map, _ ppc64: PVRMap, _ arm: PVRMap) {
            self.libvirtVersion = libvirtVersion
            self.x86 = x86
            self.ppc64 = ppc64
            self.arm = arm
        }
    }

    /// A map made of the given parts.
    public init(libvirtVersion: String?, x86: X86Map, ppc64: PVRMap, arm: PVRMap) {
        contents = Contents(libvirtVersion, x86, ppc64, arm)
    }

    /// The libvirt release that the data is from, such as `11.3.0`; nil when it is not known.
    public var libvirtVersion: String? { contents.libvirtVersion }
    /// Models, features and vendors of i686 and x86_64.
    public var x86: X86Map { contents.x86 }
    /// Models and vendors of ppc64 and ppc64le.
    public var ppc64: PVRMap { contents.ppc64 }
    /// Models, features and vendors of the ARM architectures.
    public var arm: PVRMap { contents.arm }

    /// Two maps are equal if all their parts are.
    public static func == (left: CPUMap, right: CPUMap) -> Bool {
        left.libvirtVersion == right.libvirtVersion && left.x86 == right.x86 && left.ppc64 == right.ppc64 && left.arm == right.arm
    }
}
