/// A release of QEMU.
struct QEMUVersion: Decodable, Hashable, Comparable, CustomStringConvertible {
    var major: Int, minor: Int, micro: Int

    var description: String { "\(major).\(minor).\(micro)" }

    static func < (a: QEMUVersion, b: QEMUVersion) -> Bool { (a.major, a.minor, a.micro) < (b.major, b.minor, b.micro) }
}
