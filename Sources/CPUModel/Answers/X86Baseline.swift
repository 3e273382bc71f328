extension X86Map {
    /// One CPU that runs on all the given hosts (libvirt, cpu_x86.c, `virCPUx86Baseline`).
    func baseline(
        _ cpus: [CPUDefinition], among listed: [ListedModel]?, migratable: Bool
    ) throws(CPUModelError) -> CPUDefinition {
        var common: FeatureSet?
        for cpu in cpus {
            let features = try expand(cpu)
            common = common.map { $0 & features } ?? features
        }
        let vendor = try commonVendor(of: cpus)
        guard let common, !common.isEmpty else { throw .incompatibleCPUs }

        var names: [String] = []
        for case let model? in cpus.map(\.model) where !names.contains(model) { names.append(model) }
        var cpu = try decode(
            common, vendor: vendor, signature: nil, as: .guest, among: listed, preferring: names)
        if migratable { cpu.features.removeAll { feature(named: $0.name)?.isMigratable == false } }
        cpu.fallback = names == [cpu.model] ? .forbid : .allow
        if cpus.contains(where: { $0.vendor == nil }) { cpu.vendor = nil }
        return cpu
    }

    /// The vendor of all CPUs: the one that each CPU states, or else the vendor of its model. Like libvirt, this does
    /// not look at the vendor of the first CPU's model.
    private func commonVendor(of cpus: [CPUDefinition]) throws(CPUModelError) -> String? {
        var common: String?
        for (index, cpu) in cpus.enumerated() {
            let modelVendor = index == 0 ? nil : cpu.model.flatMap { model(named: $0)?.vendor }
            if let stated = cpu.vendor, let modelVendor, stated != modelVendor {
                throw .vendorOfModelDiffers(model: cpu.model ?? "", vendor: modelVendor, stated: stated)
            }
            guard let name = cpu.vendor ?? modelVendor else { continue }
            if let common {
                if common != name { throw .vendorsDiffer([common, name]) }
            } else if vendor(named: name) == nil {
                throw .unknownVendor(name)
            } else {
                common = name
            }
        }
        return common
    }
}
