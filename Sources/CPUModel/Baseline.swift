extension CPUMap {
    /// One CPU that runs on all the hosts given, as `virsh cpu-baseline` computes it.
    ///
    /// - Parameters:
    ///   - listed: the models that the hypervisor has, where that is known; no other is a candidate.
    ///   - migratable: leave features out of the list that keep a guest from migrating.
    ///   - expand: list every feature, those of the model too, by name.
    /// - Throws: `CPUModelError` where libvirt refuses: vendors that differ or are unknown, nothing in common, an
    ///   unknown model or feature; and for an architecture that it has no baselines of.
    public func baseline(
        _ cpus: [CPUDefinition], among listed: [ListedModel]? = nil, migratable: Bool = false, expand: Bool = false
    ) throws(CPUModelError) -> CPUDefinition {
        guard let first = cpus.first else { throw .noCPUs }
        let family = CPUFamily(architecture: first.architecture ?? "x86_64")
        for cpu in cpus where CPUFamily(architecture: cpu.architecture ?? "x86_64") != family {
            throw .architecturesDiffer([first.architecture ?? "x86_64", cpu.architecture ?? "x86_64"])
        }
        for cpu in cpus where cpu.model == nil { throw .noModel }
        switch family {
        case .x86:
            let cpu = try x86.baseline(cpus, among: listed, migratable: migratable)
            return expand ? try x86.listingAllFeatures(of: cpu) : cpu
        case .ppc64: return try ppc64.baseline(cpus)
        case .notJudged(let architecture): throw .notJudged(architecture: architecture)
        }
    }
}

extension X86Map {
    /// Features that libvirt's QEMU driver leaves out of every CPU that it gives (qemu_capabilities.c,
    /// `ignoredFeatures`): the guest's operating system sets them, KVM cannot give them, or QEMU has no name for them.
    public static let ignoredByQEMUDriver = [
        "cmt", "mbm_total", "mbm_local", "osxsave", "ospke", "vmx-ept-uc", "vmx-ept-wb", "vmx-invvpid-single-context",
    ]

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

    /// The vendor of all CPUs: the one each states, else its model's. As in libvirt, the first CPU's model is not
    /// asked.
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
