import CPUModel

extension Rule {
    static let crossVendorModel = Rule(
        id: "cross-vendor-model",
        severity: .note,
        worst: .note,
        tags: [.hosts],
        needs: [.hosts, .model],
        summary: "the model is from another vendor than the hosts' processors",
        explanation: """
            libvirt compares vendors only if the guest has a `<vendor>`. It never compares the vendor of a model. So an Intel \
            model starts on an AMD host that has its features, and under KVM the guest then sees the host's vendor together \
            with a model of the other vendor. That works, and sometimes it is intended: for example Nehalem, as the smallest \
            model with x86-64-v2. For newer models it is rarely intended.

            A host that lacks features of the model is reported by `host-incompatible`, which also names the vendors. Such hosts \
            are left out here.
            """,
        examples: [
            .bad(
                "an AMD model on an Intel host", finds: "Opteron_G1 is a model of vendor AMD, but host hv01 has vendor Intel",
                hosts: [.haswellCapabilities],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>↓Opteron_G1</model></cpu>")),
            .good(
                "a model of the hosts' vendor", hosts: [.haswellCapabilities],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>Nehalem</model></cpu>")),
            .good(
                "a model without a vendor", hosts: [.haswellCapabilities],
                .guest(cpu: "<cpu mode='custom' match='exact'><model fallback='forbid'>kvm64</model></cpu>")),
        ],
        check: { inspection in
            guard let model = inspection.vendorOfModel, let element = inspection.cpu?.model?.name else { return }
            let check = inspection.startCheck, judgements = inspection.hostAnswer?.judgements ?? []
            let lacking = Set(judgements.filter { $0.value.answer == .refuses && !$0.value.features.isEmpty }.flatMap(\.kinds))
            var vendors: [(name: String, kinds: [Int])] = []
            for (kind, vendor) in check.vendors.enumerated() {
                // Hosts of other architectures are named for other guests.
                guard let vendor, vendor != model.vendor, check.areX86[kind], !lacking.contains(Int32(kind)) else { continue }
                if let same = vendors.firstIndex(where: { $0.name == vendor }) {
                    vendors[same].kinds.append(kind)
                } else {
                    vendors.append((vendor, [kind]))
                }
            }
            if vendors.isEmpty { return }
            let words = vendors.map { vendor in
                let names = check.names(ofKinds: vendor.kinds)
                return "\(hostNames(names)) \(names.count == 1 ? "has" : "have") vendor \(vendor.name)"
            }
            inspection.report(
                at: element.text.span,
                "\(model.name) is a model of vendor \(model.vendor), but \(words.joined(separator: ", "))",
                help: "libvirt does not compare vendors without <vendor>, and under KVM the guest sees the host's vendor; if this is not intended, choose another model",
                hosts: check.names(ofKinds: vendors.flatMap(\.kinds)))
        })
}

extension Inspection {
    /// The model of a KVM guest that libvirt does not compare by its vendor, with that vendor. Nil for other guests, and for
    /// a model without a vendor.
    var vendorOfModel: (name: String, vendor: String)? {
        guard guest.hypervisor == .hardware, guest.isX86, let cpu, cpu.effectiveMode == .custom, cpu.vendor == nil,
            let name = cpu.namedModel, let model = knowledge.x86.model(named: domain[name]), let vendor = model.vendor
        else { return nil }
        return (model.name, vendor)
    }
}
