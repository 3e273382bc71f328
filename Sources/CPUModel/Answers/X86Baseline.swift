extension X86Map {
    /// One CPU that runs on all the given hosts (libvirt, cpu_x86.c, `virCPUx86Baseline`), which can have different
    /// releases of libvirt.
    ///
    /// - Parameters:
    ///   - maps: the map of each host's libvirt, in the order of `cpus`. Their sets can be combined with this map's.
    ///   - listed: the models one of which the result has; nil allows all models.
    package func baseline(
        _ cpus: [CPUDefinition], expandedBy maps: [X86Map], among listed: [ListedModel]?, migratable: Bool
    ) throws(CPUModelError) -> CPUDefinition {
        if let name = cpus.lazy.compactMap(\.model).first(where: { self.model(named: $0)?.isKnownByNameOnly == true }) {
            return try baseline(cpus, ofModelKnownByNameOnly: name, migratable: migratable)
        }
        var common: FeatureSet?
        for (cpu, map) in zip(cpus, maps) {
            let features = try map.expand(cpu)
            common = common.map { $0 & features } ?? features
        }
        let vendor = try commonVendor(of: cpus, maps)
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

    /// The baseline of CPUs with one model of which only the name is known: the model, with the features that all of
    /// them list as required, and those that any of them disables.
    ///
    /// - Throws: `.modelKnownByNameOnly` when the models differ: nothing says what the CPUs have in common then.
    private func baseline(
        _ cpus: [CPUDefinition], ofModelKnownByNameOnly name: String, migratable: Bool
    ) throws(CPUModelError) -> CPUDefinition {
        guard cpus.allSatisfy({ $0.model == name }) else { throw .modelKnownByNameOnly(name) }
        var cpu = CPUDefinition(kind: .guest, model: name, fallback: .forbid, vendor: try commonVendor(of: cpus, cpus.map { _ in self }))
        let required = cpus.map { Set($0.features(.require) + $0.features(.force)) }
        let disabled = Set(cpus.flatMap { $0.features(.disable) + $0.features(.forbid) })
        var listed: Set<String> = []
        for name in cpus.flatMap(\.features).map(\.name) where listed.insert(name).inserted {
            if disabled.contains(name) {
                cpu.features.append(.init(name, .disable))
            } else if required.allSatisfy({ $0.contains(name) }) {
                if migratable, feature(named: name)?.isMigratable == false { continue }
                cpu.features.append(.init(name))
            }
        }
        if cpus.contains(where: { $0.vendor == nil }) { cpu.vendor = nil }
        return cpu
    }

    /// The vendor of all CPUs: the one that each CPU states, or else the vendor of its model. Like libvirt, this does
    /// not look at the vendor of the first CPU's model.
    private func commonVendor(of cpus: [CPUDefinition], _ maps: [X86Map]) throws(CPUModelError) -> String? {
        var common: String?
        for (index, cpu) in cpus.enumerated() {
            let modelVendor = index == 0 ? nil : cpu.model.flatMap { maps[index].model(named: $0)?.vendor }
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
