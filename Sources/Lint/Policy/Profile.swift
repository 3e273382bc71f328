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

    /// virt-manager and virt-install give new guests host-passthrough (since virt-install 4.0, 2022), which is the fastest
    /// CPU and the right one for a guest that never leaves its host.
    private static let workstationText = """
        migration: false
        rules:
          host-passthrough: off
          host-model-migration: off
          migration-blocker: off
          windows-unstable-cpu: off

        """

    private static let clusterText = """
        default: host-model-only
        migration: true

        """

    /// KubeVirt chooses the CPU (spec.domain.cpu.model, or host-model), and writes `<cpu>` anew at each start, with its
    /// own choice of `fallback` and `check`. It lets a guest with host-model move only to nodes that have its features, by
    /// their labels (pkg/virt-handler/node-labeller).
    private static let kubevirtText = """
        default: keep
        migration: true
        rules:
          check-none: off
          fallback-allow: off
          host-model-migration: off
          hypervisor-default: off
          live-definition: off
          versioned-model: off

        """
}
