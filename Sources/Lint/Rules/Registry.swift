extension Rule {
    /// All rules of virt-cpu, in the order in which a judge runs them. Findings of one domain keep this order.
    public static let all: [Rule] = [
        .invalidCPU, .duplicateFeature, .unknownModel, .unknownFeature, .unknownVendor, .emulatedHostCPU,
        .topologyVCPUs, .invalidNUMA, .invalidHyperV,
        .hostIncompatible, .modelNotUsable, .deprecatedModel, .deprecatedMachine, .guestISALevel, .cpuNotDefault, .windowsCPUChange,
        .guestCPUChange, .windowsRewriteWithheld, .windowsUnstableCPU, .windowsSockets, .hostPassthrough, .hostModelMigration,
        .hypervisorDefault, .commandlineCPU, .unsafeFeature, .missingMitigation, .migrationBlocker, .crossVendorModel,
        .weakHostModel, .versionedModel, .redundantFeature, .noEffect, .fallbackAllow, .checkNone, .liveDefinition, .policyLoosened,
        .suppression,
    ]

    /// The ids of `all`, in the same order.
    public static let ids: [String] = all.map(\.id)

    /// The rule in `all` that has exactly this id; nil if there is none.
    public static func named(_ id: String) -> Rule? { all.first { $0.id == id } }

    /// A message for an id that no rule in `all` has, with the nearest id.
    public static func unknown(_ id: String) -> String { unknown(id, among: ids) }
}
