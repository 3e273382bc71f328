/// A maker of x86 CPUs.
public struct X86Vendor: Sendable, Equatable {
    /// libvirt's name of the vendor: `Intel`.
    public var name: String
    /// The 12 ASCII characters that CPUID leaf 0 returns in EBX, EDX and ECX: `GenuineIntel`.
    public var string: String

    /// A `<vendor>` element of the CPU map. `X86Map.init` checks the string.
    public init(name: String, string: String) {
        self.name = name
        self.string = string
    }
}
