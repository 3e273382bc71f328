public import DomainXML

/// A CPU model that the user names, and what its `<cpu>` should contain.
public struct ModelTarget: Equatable, Sendable {
    /// The text of `<model>`.
    public var model: String
    /// `<model fallback=…>`; nil writes no attribute.
    public var fallback: CPU.Fallback?
    /// The text of `<vendor>`; nil writes no element.
    public var vendor: String?
    /// The features in the order of the policy. Each name occurs once.
    public var features: [TargetFeature]

    /// Names are not checked here; `Target(_:)` and `Policy.parse` check them.
    public init(model: String, fallback: CPU.Fallback? = nil, vendor: String? = nil, features: [TargetFeature] = []) {
        self.model = model
        self.fallback = fallback
        self.vendor = vendor
        self.features = features
    }
}
