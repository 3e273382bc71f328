/// One bit of CPU data.
public struct CPUDataBit: Sendable, Hashable {
    /// The 32-bit word that holds the bit.
    public var address: CPUDataAddress
    /// The number of the bit in its word, from 0 (the lowest) to 31.
    public var bit: UInt8

    /// The numbers are not checked.
    public init(address: CPUDataAddress, bit: UInt8) {
        self.address = address
        self.bit = bit
    }
}
