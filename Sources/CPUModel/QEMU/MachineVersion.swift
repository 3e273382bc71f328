/// The version of one of QEMU's x86 machine types: 2.4 of `pc-i440fx-2.4` and of `pc-q35-2.4`.
///
/// QEMU gives a guest on an old machine type the CPU that the QEMU of that version gave it (hw/i386/pc.c,
/// `pc_compat_2_4`). The two boards of one version do not differ in this.
public struct MachineVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first number.
    public var major: Int
    /// The second number.
    public var minor: Int
    /// The third number: 1 of `pc-q35-4.0.1`. 0 if the name has two.
    public var micro: Int

    /// A version of the given numbers.
    public init(major: Int, minor: Int, micro: Int = 0) {
        self.major = major
        self.minor = minor
        self.micro = micro
    }

    /// The version in the name of a machine type. Nil for a name without one (`q35`, `microvm`), and for the machine
    /// types that distributions add under names of their own (`pc-q35-rhel9.4.0`, `pc-i440fx-focal`).
    public init?(machine name: String) {
        let boards = ["pc-i440fx-", "pc-q35-", "pc-"]
        guard let board = boards.first(where: { name.hasPrefix($0) }) else { return nil }
        self.init(numbers: Substring(name.utf8.dropFirst(board.utf8.count)))
    }

    /// The version in `2.4` or `4.0.1`; nil for any other text, and for a number of more than four digits.
    init?(numbers text: Substring) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.count <= 4 && $0.allSatisfy { 0x30...0x39 ~= $0 } ? Int(Substring($0)) : nil }
        guard (2...3).contains(parts.count), numbers.count == parts.count else { return nil }
        self.init(major: numbers[0], minor: numbers[1], micro: numbers.count == 3 ? numbers[2] : 0)
    }

    /// The numbers with dots between them, as in names of machine types.
    public var description: String { "\(major).\(minor)" + (micro == 0 ? "" : ".\(micro)") }

    /// Orders versions by their numbers.
    public static func < (a: MachineVersion, b: MachineVersion) -> Bool {
        (a.major, a.minor, a.micro) < (b.major, b.minor, b.micro)
    }
}
