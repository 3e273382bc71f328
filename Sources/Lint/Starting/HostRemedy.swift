/// The smallest change to a guest with which a host would start it.
public struct HostRemedy: Sendable, Equatable {
    /// Features that the guest should disable. Empty if that does not help.
    public var disable: [String]
    /// Another model that the host would start with the guest's own features, and all other hosts too if there is one: a
    /// model of the same generation (`Haswell-noTSX` for `Haswell`), or else the model with the most features of the
    /// guest's present one. Nil if there is none.
    public var model: String?
    /// The guest must not have a `<vendor>`.
    public var removesVendor: Bool
    /// The guest must not have `check='full'`.
    public var removesFullCheck: Bool

    /// Creates a remedy from its parts, which are not checked. Without arguments, it changes nothing.
    public init(disable: [String] = [], model: String? = nil, removesVendor: Bool = false, removesFullCheck: Bool = false) {
        self.disable = disable
        self.model = model
        self.removesVendor = removesVendor
        self.removesFullCheck = removesFullCheck
    }
}

extension HostRemedy: CustomStringConvertible {
    private static let mostDisabled = 8

    /// One line: `use Haswell-noTSX, or disable hle, rtm`; `remove <vendor>, and use Haswell-noTSX`. If the host starts another
    /// model, a long list of features to disable is left out: what remained of the model would be none that anybody knows.
    public var description: String {
        let disable = model != nil && disable.count > Self.mostDisabled ? [] : disable
        let ways = [
            model.map { "use \($0)" }, disable.isEmpty ? nil : "disable \(disable.joined(separator: ", "))",
        ].compactMap { $0 }
        let removed = [removesFullCheck ? "check='full'" : nil, removesVendor ? "<vendor>" : nil].compactMap { $0 }
        guard !removed.isEmpty else { return ways.joined(separator: ", or ") }
        let rest = ways.count > 1 ? "either \(ways.joined(separator: " or "))" : ways.joined()
        let removal = "remove \(removed.joined(separator: " and "))"
        return rest.isEmpty ? removal : "\(removal), and \(rest)"
    }
}
