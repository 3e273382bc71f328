import DomainXML
import LibvirtWords

extension Rule {
    static let topologyVCPUs = Rule(
        id: "topology-vcpus",
        severity: .error,
        tags: [.libvirt],
        needs: .topology,
        summary: "the topology does not match the maximum number of vCPUs",
        explanation: """
            sockets × dies × clusters × cores × threads must equal the maximum number of vCPUs, which is the text of \
            `<vcpu>`, not its attribute `current`. libvirt refuses other numbers for qemu, kvm and hvf domains. For other \
            domains the finding is a warning. libvirt before 10.1 ignores `clusters`.
            """,
        examples: [
            .bad(
                "four threads for two vCPUs", finds: "<topology> makes 4 vCPUs, but <vcpu> says 2",
                .guest(
                    vcpu: "<vcpu>2</vcpu>",
                    cpu: "<cpu mode='host-model'>↓<topology sockets='1' cores='2' threads='2'/></cpu>")),
            .bad(
                "the maximum number of vCPUs decides, not the current number", finds: "<topology> makes 2 vCPUs, but <vcpu> says 4",
                .guest(
                    vcpu: "<vcpu current='2'>4</vcpu>",
                    cpu: "<cpu mode='host-model'>↓<topology sockets='1' cores='2' threads='1'/></cpu>")),
            .bad(
                "a number that libvirt 9.0 reads as 4, and 12.9 refuses",
                finds: "<vcpu> says '-4294967292', which is not a number of vCPUs",
                .guest(
                    vcpu: "↓<vcpu>-4294967292</vcpu>",
                    cpu: "<cpu mode='host-model'><topology sockets='2' cores='1' threads='1'/></cpu>")),
            .bad(
                "too many to count", finds: "<topology> makes more than 4294967295 vCPUs",
                .guest(
                    vcpu: "<vcpu>4</vcpu>",
                    cpu: "<cpu mode='host-model'>↓<topology sockets='4294967295' cores='4294967295' threads='4294967295'/></cpu>")),
            .good(
                "clusters that are not given count as 1",
                .guest(
                    vcpu: "<vcpu current='2'>8</vcpu>",
                    cpu: "<cpu mode='host-model'><topology sockets='1' dies='2' cores='2' threads='2'/></cpu>")),
        ],
        check: { inspection in
            guard let topology = inspection.cpu?.topology else { return }
            let domain = inspection.domain
            guard topology.sockets != nil, topology.cores != nil, topology.threads != nil else { return }
            guard let vcpus = domain.vcpu.map({ wholeNumber(domain[$0.text]) }) ?? 1 else {
                // An empty one leaves the number open.
                guard let vcpu = domain.vcpu, !vcpu.text.isEmpty else { return }
                return inspection.report(
                    at: vcpu.element.span, as: inspection.guest.isManaged ? .error : .warning,
                    "<vcpu> says \(quoted(domain[vcpu.text])), which is not a number of vCPUs",
                    help: "state the number of vCPUs that <topology> makes")
            }
            let parts = [topology.sockets, topology.dies, topology.cores, topology.threads]
            if let clusters = topology.clusters, let old = inspection.readers.first, old < firstWithClusters {
                if let product = vCPUs(of: parts, domain), product != vcpus {
                    inspection.report(
                        at: clusters.span, as: inspection.guest.isManaged ? .error : .warning,
                        "libvirt \(old) ignores clusters, so <topology> makes \(product) vCPU\(product == 1 ? "" : "s") there",
                        help: "multiply the clusters into the cores: libvirt before 10.1 does not know clusters")
                }
                guard inspection.readers.contains(where: { $0 >= firstWithClusters }) else { return }
            }
            guard let product = vCPUs(of: parts + [topology.clusters], domain), vcpus != product else { return }
            if product > Int(UInt32.max) {
                return inspection.report(
                    at: topology.element.span, as: inspection.guest.isManaged ? .error : .warning,
                    "<topology> makes more than \(UInt32.max) vCPUs")
            }
            inspection.report(
                at: topology.element.span, as: inspection.guest.isManaged ? .error : .warning,
                "<topology> makes \(product) vCPU\(product == 1 ? "" : "s"), but "
                    + (domain.vcpu == nil ? "without <vcpu> the guest has 1" : "<vcpu> says \(vcpus)"),
                help: "change one of them: sockets × dies × clusters × cores × threads must be the maximum vCPU count")
        })
}

/// The first libvirt that knows `clusters`. 9.0 ignores the attribute.
private let firstWithClusters = LibvirtVersion(major: 10, minor: 1)

/// The product of the parts that are given; nil if one is not a positive number. `Int.max` stands for
/// a product that is too large.
private func vCPUs(of parts: [DecodedText?], _ domain: Domain) -> Int? {
    var product = 1
    for part in parts.compactMap({ $0 }) {
        guard let count = wholeNumber(domain[part]), count > 0 else { return nil }
        let (next, overflow) = product.multipliedReportingOverflow(by: count)
        if overflow { return Int.max }
        product = next
    }
    return product
}
