extension Rule {
    static let cpuNotDefault = Rule(
        id: "cpu-not-default",
        severity: .warning,
        worst: .warning,
        tags: [.habits],
        needs: .otherDefault,
        summary: "the CPU differs from the policy's default",
        explanation: """
            The policy states which CPU definitions should have (`default:`, or the option `--default`), and this \
            definition has another one. `virt-cpu filter` replaces it with the default and changes no other byte. The \
            finding lists the parts of the old CPU that the rewrite removes. The topology, NUMA cells, caches and \
            comments stay.

            Nothing is reported if neither the policy nor the command line states a default.

            If the default cannot be applied to a guest (host-passthrough under emulation, or no host is known), or if \
            the guest would have an error with it, the finding says why, and the definition stays as it is. For Windows guests, see `windows-rewrite-withheld`.
            """,
        examples: [
            .bad(
                "the policy says host-model", finds: "the guest has host-passthrough, but the default is host-model",
                policy: "default: host-model", .guest(cpu: "↓<cpu mode='host-passthrough' check='none'/>")),
            .bad(
                "no <cpu> at all", finds: "the guest has no <cpu>, but the default is host-model",
                policy: "default: host-model",
                """
                ↓<domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """),
            .bad(
                "a default that this guest cannot have",
                finds: "cannot apply host-passthrough: host-passthrough requires hardware virtualisation: an emulated "
                    + "guest cannot start with it",
                policy: "default: host-passthrough", .guest(type: "qemu", cpu: "↓<cpu mode='maximum'/>")),
            .bad(
                "a default with which the guest would have an error",
                finds: "the guest has host-model, and cannot have the default, Haswell (require nosuch): libvirt does not "
                    + "know the CPU feature 'nosuch' [unknown-feature]",
                policy: "default: {model: Haswell, features: {nosuch: require}}", .guest(cpu: "↓<cpu mode='host-model'/>")),
            .good(
                "no default is stated", policy: "migration: false", .guest(cpu: "<cpu mode='host-passthrough'/>")),
            .good(
                "the default does not include a topology", policy: "default: host-model",
                .guest(cpu: """
                    <cpu mode='host-model' check='partial'>
                      <topology sockets='1' cores='2' threads='1'/>
                    </cpu>
                    """)),
            .good("guests of other hypervisors are not rewritten", policy: "default: host-model", .guest(type: "xen")),
        ],
        check: { inspection in
            guard inspection.plan.isAskedFor(hasDefault: inspection.hasDefault) else { return }
            let present = describe(inspection.cpu, in: inspection.domain)
            switch inspection.plan {
            case .asItIs, .withheld, .running: return
            case .refused(let target, _) where target.needsHost && inspection.hasNoHost: return
            case .refused(let target, let reason):
                inspection.report(
                    at: inspection.cpuPlace, "cannot apply \(target): \(reason)",
                    notes: ["the CPU is left unchanged: \(present)"])
            case .faulty(let rewriting, let error):
                inspection.report(
                    at: inspection.cpuPlace,
                    "the guest has \(present), and cannot have the default, \(rewriting.name): \(error)",
                    notes: ["the CPU is left unchanged"], help: "correct the default, or state another one for this guest")
            case .rewrite(let rewriting):
                let lost = rewriting.lost
                let isPinned = rewriting.target == .pin && inspection.target != .pin
                let whose = !isPinned ? "the default is" : inspection.windowsIsOption ? "the option --windows pins it to" : "the policy pins it to"
                let options = inspection.options
                inspection.report(
                    at: inspection.cpuPlace,
                    "the guest has \(present), but \(whose) \(rewriting.name)",
                    notes: (lost.isEmpty ? [] : ["the rewrite also removes: \(listing(lost))"])
                        + (rewriting.doubt.map { [$0] } ?? []),
                    help: options.isEmpty ? "use virt-cpu filter or virt-cpu check --fix FILE to rewrite it"
                        : "use virt-cpu check --fix\(options) FILE to rewrite it, or virt-cpu filter with the same options", edits: rewriting.result.edits)
            }
        })
}
