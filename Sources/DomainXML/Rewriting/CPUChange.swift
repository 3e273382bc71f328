/// The CPU that a `<cpu>` element is to describe. Topology, NUMA, comments and other parts that are not listed here
/// stay.
///
/// This is a class, so that passing it on is one retain.
public final class CPUChange: Sendable {
    /// The mode; nil for the hypervisor's default, which is no mode and no model.
    public let mode: CPU.Mode?
    /// The model's name, under `custom` only.
    public let model: String?
    /// `fallback` of `<model>`; nil for no such attribute.
    public let fallback: CPU.Fallback?
    /// `<vendor>`, the vendor that the host's CPU must have; nil for no such element.
    public let vendor: String?
    /// All features that the element lists afterwards. New ones are written in this order.
    public let features: [Feature]
    /// Whether `<cache mode='passthrough'>` may stay: libvirt accepts it only under `host-passthrough` and `maximum`.
    public let allowsPassthroughParts: Bool

    /// A `<feature>` of the new CPU.
    public struct Feature: Sendable, Equatable {
        /// libvirt's name of the feature, not escaped.
        public var name: String
        /// The policy, which is always written, even if it is `require`.
        public var policy: CPU.Policy

        /// Makes a feature. The name is not checked.
        public init(name: String, policy: CPU.Policy) {
            self.name = name
            self.policy = policy
        }
    }

    /// Makes a change. Names are not checked. ``allowsPassthroughParts`` follows from the mode.
    public init(
        mode: CPU.Mode?, model: String? = nil, fallback: CPU.Fallback? = nil, vendor: String? = nil,
        features: [Feature] = []
    ) {
        self.mode = mode
        self.model = model
        self.fallback = fallback
        self.vendor = vendor
        self.features = features
        allowsPassthroughParts = mode == .hostPassthrough || mode == .maximum
    }
}
