// libvirt compares ppc64 CPUs by the name of their model (libvirt, cpu_ppc64.c).
extension PVRMap {
    /// libvirt's name of a model that has a legacy name, such as `POWER7_v2.3` (cpu_ppc64.c,
    /// `virCPUppc64ConvertLegacy`). Other names are returned unchanged.
    public static func currentName(of model: String) -> String {
        switch model {
        case "POWER7_v2.1", "POWER7_v2.3", "POWER7+_v2.1": "POWER7"
        case "POWER8_v1.0": "POWER8"
        default: model
        }
    }

    /// Compares the CPU of a guest, or of another host, with the CPU of a host.
    func compare(_ cpu: CPUDefinition, on host: CPUDefinition) throws(CPUModelError) -> Comparison {
        guard let hostName = host.model else { return .incompatible(.unknownHost) }
        if let architecture = cpu.architecture, CPUDriver(architecture: architecture) != .ppc64 {
            return .incompatible(.architecture(architecture))
        }
        if let vendor = cpu.vendor, vendor != host.vendor {
            return .incompatible(.vendor(required: vendor, host: host.vendor))
        }
        guard let hostModel = model(named: hostName) else { throw .unknownModel(hostName) }
        let mode = cpu.kind == .host ? .custom : cpu.mode
        if mode == .hostModel, let compatibility = cpu.model {
            guard try runs(compatibilityMode: compatibility, on: hostModel.name) else {
                return .incompatible(.compatibilityMode(compatibility, host: hostModel.name))
            }
        }
        // A guest that follows the host gets the host's model.
        guard mode == .custom else { return .identical }
        guard let name = cpu.model.map(Self.currentName) else { throw .noModel }
        guard model(named: name) != nil else { throw .unknownModel(name) }
        return name == hostModel.name
            ? .identical : .incompatible(.model(required: name, host: hostModel.name))
    }

    /// Whether a host runs guests in a compatibility mode (cpu_ppc64.c, `ppc64CheckCompatibilityMode`).
    ///
    /// The `<model>` of a host-model CPU names the mode: `power6` and later, up to the newest POWER of the map.
    private func runs(compatibilityMode mode: String, on host: String) throws(CPUModelError) -> Bool {
        let generations = models.compactMap { Self.generation(of: $0.name, prefix: "POWER") }
        let supported = 6...max(6, generations.max() ?? 6)
        guard let have = Self.generation(of: host, prefix: "POWER"), supported.contains(have) else {
            throw .noCompatibilityModes(host: host)
        }
        guard let want = Self.generation(of: mode, prefix: "power"), supported.contains(want) else {
            throw .unknownCompatibilityMode(mode)
        }
        return want <= have
    }

    /// 8 for `POWER8`; nil when the name is not `prefix` followed by a number.
    private static func generation(of name: String, prefix: String) -> Int? {
        name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
    }

    /// One CPU that runs on all the given hosts, which must all be the same model (cpu_ppc64.c, `virCPUppc64Baseline`).
    func baseline(_ cpus: [CPUDefinition]) throws(CPUModelError) -> CPUDefinition {
        guard let name = cpus.first?.model else { throw .noModel }
        guard let model = model(named: name) else { throw .unknownModel(name) }
        var vendor: String?
        for cpu in cpus {
            if cpu.model != name { throw .incompatibleCPUs }
            guard let stated = cpu.vendor else { continue }
            if !vendors.contains(where: { $0.name == stated }) { throw .unknownVendor(stated) }
            if let own = model.vendor {
                if own != stated { throw .vendorOfModelDiffers(model: name, vendor: own, stated: stated) }
            } else if let vendor, vendor != stated {
                throw .vendorsDiffer([vendor, stated])
            } else {
                vendor = stated
            }
        }
        // `vendor` is set only when the model itself has no vendor.
        return CPUDefinition(kind: .guest, model: name, fallback: .forbid, vendor: vendor)
    }
}
