public import DomainXML

/// One `<feature>` of a target.
public struct TargetFeature: Equatable, Sendable {
    /// libvirt's name of the feature.
    public var name: String
    /// The policy, which is always written, even if it is `require`.
    public var policy: CPU.Policy

    /// The name is not checked.
    public init(name: String, policy: CPU.Policy) {
        self.name = name
        self.policy = policy
    }
}
