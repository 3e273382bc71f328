extension Rule {
    static let cpuNotDefault = Rule(
        id: "cpu-not-default",
        severity: .warning,
        needs: .otherDefault,
        summary: "<cpu> is not what the policy's default makes of it",
        explanation: """
            The policy names the CPU that definitions should have (`default:`, or `--default`). This one has another. \
            `virt-cpu filter` writes the default in its place and changes no other byte; what the old CPU asked for \
            beyond that is listed. Topology, NUMA cells, caches and comments stay.

            Where the default cannot be had for a guest (host-passthrough under emulation, no host known), the \
            finding says why and the definition stays as it is. Windows guests are the business of \
            `windows-rewrite-withheld`.
            """,
        examples: [
            .bad(
                "the policy wants host-model", policy: "default: host-model",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-passthrough' check='none'/>
                </domain>
                """),
            .bad(
                "no <cpu> at all", policy: "default: host-model",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """),
            .bad(
                "a default that this guest cannot have", policy: "default: host-passthrough",
                """
                <domain type='qemu'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='maximum'/>
                </domain>
                """),
            .good(
                "topology is no business of the default", policy: "default: host-model",
                """
                <domain type='kvm'>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model' check='partial'>
                    <topology sockets='1' cores='2' threads='1'/>
                  </cpu>
                </domain>
                """),
            .good(
                "other hypervisors are left as they are", policy: "default: host-model",
                """
                <domain type='xen'>
                  <os><type arch='x86_64'>hvm</type></os>
                </domain>
                """),
        ],
        check: { inspection in
            let present = describe(inspection.cpu, in: inspection.domain)
            switch inspection.plan {
            case .asItIs, .withheld, .running: return
            case .refused(let target, _) where target.needsHost && inspection.hasNoHost: return
            case .refused(let target, let reason):
                inspection.report(
                    at: inspection.cpuPlace, "\(target) cannot be had here: \(reason)",
                    notes: ["the CPU stays as it is: \(present)"])
            case .rewrite(let rewriting):
                let lost = rewriting.lost
                inspection.report(
                    at: inspection.cpuPlace, "\(present), where the default is \(rewriting.name)",
                    notes: lost.isEmpty ? [] : ["goes with it: \(listing(lost))"],
                    help: "virt-cpu filter rewrites it", edits: rewriting.result.edits)
            }
        })
}

/// A list for a message, cut when it is long.
func listing(_ items: [String], upTo limit: Int = 12) -> String {
    let shown = items.prefix(limit).joined(separator: ", ")
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
}
