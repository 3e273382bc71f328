// Questions about CPUs of any architecture. Each is passed on to the part of the map that can answer it.
extension CPUMap {
    /// Compares the CPU of a guest, or of another host, with the CPU of a host, as `virsh cpu-compare` does.
    ///
    /// - Throws: `CPUModelError` where libvirt reports an error too: an unknown model or feature, or a CPU without the
    ///   model that the comparison needs.
    public func compare(_ cpu: CPUDefinition, on host: CPUDefinition) throws(CPUModelError) -> Comparison {
        switch host.driver {
        case .x86: try x86.compare(cpu, on: host)
        case .ppc64: try ppc64.compare(cpu, on: host)
        case nil: .notJudged(architecture: host.effectiveArchitecture)
        }
    }

    /// Finds one CPU that runs on all the given hosts, as `virsh cpu-baseline` does.
    ///
    /// - Parameters:
    ///   - cpus: the CPUs of the hosts.
    ///   - maps: the map of each host's libvirt, in the order of `cpus`; nil if it is this map for all.
    ///   - listed: the models that the hypervisor lists, one of which the result has; nil allows all models.
    ///   - migratable: whether to leave out features that keep a guest from migrating.
    ///   - expand: whether to list every feature, those of the model too, sorted by name.
    /// - Throws: `CPUModelError` where libvirt refuses: vendors that differ or are unknown, no feature in common, an
    ///   unknown model or feature, or an architecture for which it makes no baselines.
    public func baseline(
        _ cpus: [CPUDefinition], by maps: [CPUMap]? = nil, among listed: [ListedModel]? = nil, migratable: Bool = false,
        expand: Bool = false
    ) throws(CPUModelError) -> CPUDefinition {
        guard let first = cpus.first else { throw .noCPUs }
        // Without a driver, two architectures differ if their names do.
        for cpu in cpus
        where cpu.driver != first.driver || cpu.driver == nil && cpu.effectiveArchitecture != first.effectiveArchitecture {
            throw .architecturesDiffer([first.effectiveArchitecture, cpu.effectiveArchitecture])
        }
        for cpu in cpus where cpu.model == nil { throw .noModel }
        switch first.driver {
        case .x86:
            let own = maps?.map(\.x86) ?? cpus.map { _ in x86 }
            let cpu = try x86.baseline(cpus, expandedBy: own, among: listed, migratable: migratable)
            return expand ? try x86.listingAllFeatures(of: cpu) : cpu
        case .ppc64: return try ppc64.baseline(cpus)
        case nil: throw .notJudged(architecture: first.effectiveArchitecture)
        }
    }
}
