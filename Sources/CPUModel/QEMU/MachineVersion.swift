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
        guard let board = Self.boards.first(where: { name.utf8.starts(with: $0.utf8) }) else { return nil }
        self.init(numbers: Substring(name.utf8.dropFirst(board.utf8.count)))
    }

    private static let boards = ["pc-i440fx-", "pc-q35-", "pc-"]

    /// The version in `2.4` or `4.0.1`; nil for any other text, and for a number of more than four digits.
    init?(numbers text: Substring) {
        var rest = text.utf8
        func number() -> Int? {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard 1...4 ~= digits.count else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { 10 * $0 + Int($1 - 0x30) }
        }
        func isDot() -> Bool { rest.popFirst() == UInt8(ascii: ".") }
        guard let major = number(), isDot(), let minor = number() else { return nil }
        self.init(major: major, minor: minor)
        if rest.isEmpty { return }
        guard isDot(), let micro = number(), rest.isEmpty else { return nil }
        self.micro = micro
    }

    /// The numbers with dots between them, as in names of machine types.
    public var description: String { "\(major).\(minor)" + (micro == 0 ? "" : ".\(micro)") }

    /// Orders versions by their numbers.
    public static func < (a: MachineVersion, b: MachineVersion) -> Bool {
        (a.major, a.minor, a.micro) < (b.major, b.minor, b.micro)
    }
}
