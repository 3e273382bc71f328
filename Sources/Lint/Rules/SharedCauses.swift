import DomainXML

extension SharedCause {
    /// The pairs of rules with one cause, found by counting which rules report the same guests of libvirt's tests. Of several
    /// pairs with the same first rule, the first that applies counts.
    static let all: [SharedCause] =
        // The policy's default replaces the CPU, and with it what the other rule is about.
        yield([.hypervisorDefault, .missingMitigation, .fallbackAllow, .checkNone, .emulatedHostCPU], to: .cpuNotDefault) {
            $0.modeAfterRewrite != nil
        }
        + yield([.hostPassthrough], to: .cpuNotDefault) {
            [.custom, .hostModel].contains($0.modeAfterRewrite)
        }
        + yield([.windowsUnstableCPU, .hostModelMigration], to: .cpuNotDefault) { $0.modeAfterRewrite == .custom }
        // The guest would have the default if it were not Windows.
        + yield([.hypervisorDefault], to: .windowsRewriteWithheld)
        + yield([.windowsUnstableCPU, .hostPassthrough], to: .windowsRewriteWithheld) { $0.isPinWithheld }
        // Here the other rule's way out is another one: to freeze the CPU instead of rewriting it.
        + yield([.windowsUnstableCPU], to: .windowsRewriteWithheld, keepsHelp: true) { !$0.isPinWithheld }
        + yield([.hostPassthrough], to: .windowsRewriteWithheld)
        // The host or its QEMU decides about the CPU.
        + yield([.hypervisorDefault, .hostPassthrough], to: .windowsUnstableCPU)
        // The guest needs another model, or fewer features, before it needs more.
        + yield([.missingMitigation, .unsafeFeature], to: .hostIncompatible)
        + yield([.missingMitigation, .unsafeFeature], to: .modelNotUsable)

    private static func yield(
        _ rules: [Rule], to kept: Rule, keepsHelp: Bool = false, if applies: @escaping @Sendable (Inspection) -> Bool = { _ in true }
    ) -> [SharedCause] {
        rules.map { SharedCause(yielding: $0.id, kept: kept.id, keepsHelp: keepsHelp, applies: applies) }
    }
}

extension Inspection {
    /// Windows would see it if the guest's CPU were frozen.
    fileprivate var isPinWithheld: Bool {
        if case .withheld(let rewriting, _) = plan { rewriting.target == .pin } else { false }
    }

    /// The mode of the CPU that the default makes of this one; nil if the guest keeps its CPU.
    fileprivate var modeAfterRewrite: CPU.Mode? {
        guard case .rewrite(let rewriting) = plan else { return nil }
        return rewriting.result.cpu.map { $0.effectiveMode } ?? .custom
    }
}
