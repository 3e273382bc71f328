/// The smallest change to a guest with which a host would start it.
public struct HostRemedy: Sendable, Equatable {
    /// Features that the guest should disable. Empty if that does not help.
    public var disable: [String]
    /// Another model that the host would start with the guest's own features: a model of the same generation
    /// (`Haswell-noTSX` for `Haswell`), or else the model with the most features of the guest's present one. Nil if
    /// there is none.
    public var model: String?
    /// The guest must not have a `<vendor>`.
    public var removesVendor: Bool

    /// Creates a remedy from its parts, which are not checked. Without arguments, it changes nothing.
    public init(disable: [String] = [], model: String? = nil, removesVendor: Bool = false) {
        self.disable = disable
        self.model = model
        self.removesVendor = removesVendor
    }
}

extension HostRemedy: CustomStringConvertible {
    /// One line: `use Haswell-noTSX, or disable hle, rtm`.
    public var description: String {
        let ways = [
            model.map { "use \($0)" }, disable.isEmpty ? nil : "disable \(disable.joined(separator: ", "))",
            removesVendor ? "remove <vendor>" : nil,
        ].compactMap { $0 }
        return ways.joined(separator: removesVendor ? " and " : ", or ")
    }
}
