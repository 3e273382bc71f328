/// The family, model and stepping of a processor.
public struct CPUSignature: Sendable, Hashable, CustomStringConvertible {
    /// The family with the extended family added: 6 for Intel Core, 25 for AMD Zen 3 and 4.
    public var family: Int
    /// The model, with the extended model in its upper four bits.
    public var model: Int
    /// The stepping, from 0 to 15.
    public var stepping: Int

    /// The numbers are not checked.
    public init(family: Int, model: Int, stepping: Int) {
        self.family = family
        self.model = model
        self.stepping = stepping
    }

    /// Decodes EAX of CPUID leaf 1.
    ///
    /// Like libvirt (cpu_x86.c, `virCPUx86SignatureFromCPUID`), this adds the extended family and model whatever the
    /// family is, although the manuals restrict them to some families.
    public init(eax: UInt32) {
        family = Int((eax >> 20 & 0xff) + (eax >> 8 & 0xf))
        model = Int((eax >> 12 & 0xf0) + (eax >> 4 & 0xf))
        stepping = Int(eax & 0xf)
    }

    /// All three numbers: `family 6, model 85, stepping 4`.
    public var description: String { "family \(family), model \(model), stepping \(stepping)" }
}
