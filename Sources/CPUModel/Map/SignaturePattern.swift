/// Signatures of the processors that a CPU model is named for.
public struct SignaturePattern: Sendable, Equatable {
    /// The family, as in `CPUSignature`.
    public var family: Int
    /// The model, as in `CPUSignature`.
    public var model: Int
    /// A bit set of the steppings: bit *n* stands for stepping *n*. The map means all 16 when it names none.
    public var steppings: UInt16

    /// A `<signature>` element of the CPU map. The numbers are not checked.
    public init(family: Int, model: Int, steppings: UInt16 = .max) {
        self.family = family
        self.model = model
        self.steppings = steppings
    }

    /// Whether the pattern contains a processor's family, model and stepping. No pattern contains a stepping above 15 or below 0,
    /// which a host's file can state.
    public func matches(_ signature: CPUSignature) -> Bool {
        family == signature.family && model == signature.model && 0..<16 ~= signature.stepping && steppings >> signature.stepping & 1 != 0
    }
}
