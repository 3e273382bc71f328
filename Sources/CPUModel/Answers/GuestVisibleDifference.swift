/// How one guest-visible CPU differs from another.
public struct GuestVisibleDifference: Sendable, Equatable {
    /// A value that is not the same in both CPUs.
    public struct Change<Value: Sendable & Equatable>: Sendable, Equatable {
        /// The value in the first CPU.
        public var old: Value
        /// The value in the second CPU.
        public var new: Value

        /// A change from one value to another.
        public init(old: Value, new: Value) {
            self.old = old
            self.new = new
        }
    }

    /// Names of features that only the second CPU has, in map order.
    public var gained: [String]
    /// Names of features that only the first CPU has, in map order.
    public var lost: [String]
    /// The change of the processor's name. A CPU whose brand is not recorded has the name of its model here.
    public var brand: Change<String>?
    /// The change of the vendor string. A nil value in the change stands for the host's vendor.
    public var vendor: Change<String?>?
    /// The change of family, model or stepping. A nil value in the change stands for a signature that is not recorded.
    public var signature: Change<CPUSignature?>?

    /// Whether software in the guest sees no difference.
    public var isEmpty: Bool {
        gained.isEmpty && lost.isEmpty && brand == nil && vendor == nil && signature == nil
    }
}
