/// A release of libvirt, such as 9.0.0 or 11.3.0.
public struct LibvirtVersion: Comparable, Hashable, Sendable, CustomStringConvertible {
    /// 11 of 11.3.0.
    public var major: Int
    /// 3 of 11.3.0.
    public var minor: Int
    /// 0 of 11.3.0.
    public var micro: Int

    /// Numbers are not checked.
    public init(major: Int, minor: Int = 0, micro: Int = 0) {
        self.major = major
        self.minor = minor
        self.micro = micro
    }

    /// Reads `9`, `9.0` or `11.3.0`; nil for anything else. 10.10 is not 10.1.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 3 else { return nil }
        var numbers = [0, 0, 0]
        for (index, part) in parts.enumerated() {
            // libvirt's own encoding of a version leaves three digits for each number.
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(part)
            else { return nil }
            numbers[index] = number
        }
        self.init(major: numbers[0], minor: numbers[1], micro: numbers[2])
    }

    /// Number by number, major first: 10.2 is older than 10.10.
    public static func < (a: LibvirtVersion, b: LibvirtVersion) -> Bool {
        (a.major, a.minor, a.micro) < (b.major, b.minor, b.micro)
    }

    /// All three numbers: `9.0.0`.
    public var description: String { "\(major).\(minor).\(micro)" }
}
