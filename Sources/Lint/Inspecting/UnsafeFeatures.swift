import CPUModel

extension X86Map {
    /// Features that updates of microcode, QEMU or the kernel have taken away from guests.
    static let unsafeFeatures = ["hle", "rtm", "mpx"]
}
