// CPUs are compared as libvirt compares them (cpu_x86.c, `virCPUx86Compare` and `x86Compute`).
extension X86Map {
    /// The vendor and the features of a host, from its `<cpu>`.
    ///
    /// - Throws: `CPUModelError` for an unknown model or feature.
    public func host(_ cpu: CPUDefinition) throws(CPUModelError) -> X86Host {
        X86Host(vendor: cpu.vendor, features: try expand(cpu))
    }

    /// As `host(_:)`, but features that the map does not have are ignored, and a model of which only the name is known
    /// is accepted. A host with a newer libvirt has such.
    ///
    /// - Throws: `CPUModelError` for an unknown model.
    package func host(leniently cpu: CPUDefinition) throws(CPUModelError) -> X86Host {
        var known = cpu
        known.features.removeAll { feature(named: $0.name) == nil }
        guard let name = cpu.model, model(named: name)?.isKnownByNameOnly == true else { return try host(known) }
        known.model = nil
        return X86Host(vendor: cpu.vendor, features: try expand(known), modelKnownByNameOnly: name)
    }

    /// Compares the CPU of a guest, or of another host, with the CPU of a host.
    ///
    /// The answer is `unknownHost` when the host's CPU has no model. Architecture and vendor are compared first, so
    /// that a mismatch there is the answer even if the CPU has an unknown model.
    ///
    /// - Throws: `CPUModelError` for an unknown model or feature.
    public func compare(_ cpu: CPUDefinition, on host: CPUDefinition) throws(CPUModelError) -> Comparison {
        if host.model == nil { return .incompatible(.unknownHost) }
        if let reason = mismatch(of: cpu, hostVendor: host.vendor) { return .incompatible(reason) }
        if let name = host.model, model(named: name)?.isKnownByNameOnly == true {
            return try compare(cpu, on: try self.host(leniently: host))
        }
        return try compare(cpu, on: try self.host(host))
    }

    /// Compares the CPU of a guest, or of another host, with what a host has.
    ///
    /// - Throws: `CPUModelError` for an unknown model or feature.
    public func compare(_ cpu: CPUDefinition, on host: X86Host) throws(CPUModelError) -> Comparison {
        if let reason = mismatch(of: cpu, hostVendor: host.vendor) { return .incompatible(reason) }
        let wanted = try FeaturesByPolicy(cpu, map: self)

        let forbidden = wanted.forbid & host.features
        if !forbidden.isEmpty { return .incompatible(.forbiddenFeatures(featureNames(in: forbidden))) }

        // A feature of the model is required unless the guest gives it another policy.
        let required = wanted.require - wanted.force - wanted.optional - wanted.disable
        let missing = required - host.features
        if let model = host.modelKnownByNameOnly, !missing.isEmpty || !wanted.forbid.isEmpty || cpu.match == .strict {
            throw .modelKnownByNameOnly(model)
        }
        if !missing.isEmpty { return .incompatible(.missingFeatures(featureNames(in: missing))) }

        let extra = host.features - wanted.optional - required - wanted.disable - wanted.force
        if extra.isEmpty { return .identical }
        if cpu.kind == .guest && cpu.match == .strict {
            return .incompatible(.extraFeatures(featureNames(in: extra)))
        }
        return .superset(extra: extra)
    }

    /// A mismatch of architecture or vendor.
    private func mismatch(of cpu: CPUDefinition, hostVendor: String?) -> Incompatibility? {
        if let architecture = cpu.architecture, CPUDriver(architecture: architecture) != .x86 {
            return .architecture(architecture)
        }
        if let vendor = cpu.vendor, vendor != hostVendor { return .vendor(required: vendor, host: hostVendor) }
        return nil
    }
}
