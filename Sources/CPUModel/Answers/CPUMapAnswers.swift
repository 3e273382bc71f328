// Questions about CPUs of any architecture. Each is passed on to the part of the map that can answer it.
extension CPUMap {
    /// Compares the CPU of a guest, or of another host, with the CPU of a host, as `virsh cpu-compare` does.
    ///
    /// A host's CPU without an architecture is taken as x86_64.
    ///
    /// - Throws: `CPUModelError` where libvirt reports an error too: an unknown model or feature, or a CPU without the
    ///   model that the comparison needs.
    public func compare(_ cpu: CPUDefinition, on host: CPUDefinition) throws(CPUModelError) -> Comparison {
        switch CPUFamily(architecture: host.architecture ?? "x86_64") {
        case .x86: try x86.compare(cpu, on: host)
        case .ppc64: try ppc64.compare(cpu, on: host)
        case .notJudged(let architecture): .notJudged(architecture: architecture)
        }
    }

    /// Finds one CPU that runs on all the given hosts, as `virsh cpu-baseline` does.
    ///
    /// - Parameters:
    ///   - cpus: the CPUs of the hosts. One without an architecture is taken as x86_64.
    ///   - listed: the models that the hypervisor lists, one of which the result has; nil allows all models.
    ///   - migratable: whether to leave out features that keep a guest from migrating.
    ///   - expand: whether to list every feature, those of the model too, sorted by name.
    /// - Throws: `CPUModelError` where libvirt refuses: vendors that differ or are unknown, no feature in common, an
    ///   unknown model or feature, or an architecture for which it makes no baselines.
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
