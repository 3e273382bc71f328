import DomainXML

extension Rule {
    static let topologyVCPUs = Rule(
        id: "topology-vcpus",
        severity: .error,
        needs: .topology,
        summary: "the topology does not make up the maximum number of vCPUs",
        explanation: """
            sockets × dies × clusters × cores × threads must be the maximum vCPU count, which is the text of `<vcpu>` \
            (not its `current`). libvirt refuses other numbers for qemu, kvm and hvf domains; elsewhere it is a \
            warning.
            """,
        examples: [
            .bad(
                "four threads for two vCPUs",
                """
                <domain type='kvm'>
                  <vcpu>2</vcpu>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><topology sockets='1' cores='2' threads='2'/></cpu>
                </domain>
                """),
            .bad(
                "the maximum counts, not the current number",
                """
                <domain type='kvm'>
                  <vcpu current='2'>4</vcpu>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><topology sockets='1' cores='2' threads='1'/></cpu>
                </domain>
                """),
            .good(
                "dies and clusters are 1 where they are not given",
                """
                <domain type='kvm'>
                  <vcpu current='2'>8</vcpu>
                  <os><type arch='x86_64'>hvm</type></os>
                  <cpu mode='host-model'><topology sockets='1' dies='2' cores='2' threads='2'/></cpu>
                </domain>
                """),
        ],
        check: { inspection in
            guard let topology = inspection.cpu?.topology else { return }
            let domain = inspection.domain
            var product = 1
            for part in [topology.sockets, topology.dies, topology.clusters, topology.cores, topology.threads] {
                guard let part else { continue }
                guard let count = number(domain[part]), count > 0 else { return }
                let (next, overflow) = product.multipliedReportingOverflow(by: count)
                if overflow { return }
                product = next
            }
            guard topology.sockets != nil, topology.cores != nil, topology.threads != nil else { return }
            guard let vcpus = domain.vcpu.map({ number(domain[$0.text]) }) ?? 1, vcpus != product else { return }
            inspection.report(
                at: topology.element.span, as: inspection.guest.isManaged ? .error : .warning,
                "the topology makes \(product) vCPU\(product == 1 ? "" : "s"), "
                    + (domain.vcpu == nil ? "without <vcpu> there is 1" : "<vcpu> says \(vcpus)"),
                help: "make them agree: sockets × dies × clusters × cores × threads is the maximum vCPU count")
        })

    /// A decimal number as libvirt's `virStrToLong_uip` takes it: white space and a plus sign before it are fine.
    static func number(_ text: String) -> Int? {
        var rest = text.utf8.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
        if rest.first == 0x2b { rest = rest.dropFirst() }
        guard !rest.isEmpty, rest.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return UInt32(Substring(rest)).map { Int($0) }
    }
}
