/// A built-in policy, which a policy takes as its base with `profile`.
public enum Profile: String, CaseIterable, Sendable {
    /// One host, between which and others no guest migrates.
    case workstation
    /// Hosts between which guests migrate.
    case cluster
    /// Guests whose definitions KubeVirt writes.
    case kubevirt

    /// The values of the profile, as a policy file.
    public var text: String {
        switch self {
        case .workstation: Self.workstationText
        case .cluster: Self.clusterText
        case .kubevirt: Self.kubevirtText
        }
    }

    private static let workstationText = """
        migration: false
        rules:
          host-passthrough: off

        """

    private static let clusterText = """
        default: host-model-only
        migration: true

        """

    private static let kubevirtText = """
        default: keep
        migration: true

        """
}
