/// The children of an old `<cpu>` that a ``CPUChange`` keeps.
struct KeptChildren {
    /// Whether each child of the element stays.
    let flags: [Bool]
    /// The indices of the features that stay. They are computed once, because a hostile definition may have many
    /// features.
    private let features: Set<Int>
    private let change: CPUChange

    init(of cpu: CPU, in domain: Domain, after change: CPUChange) {
        self.change = change
        let features = Self.features(of: cpu, in: domain, after: change)
        self.features = features
        var feature = -1, cache = 0
        flags = cpu.children.map { child in
            switch child.kind {
            case .model:
                guard let model = cpu.model, change.mode == .custom || change.mode == .hostModel else { return false }
                // vendor_id has no effect under these modes, and a rewrite must not give it one.
                if model.vendorID != nil, cpu.effectiveMode?.keepsVendorID == false { return false }
                return change.mode == .custom || model.vendorID != nil
            case .vendor: return change.vendor != nil && domain.is(cpu.vendor?.text, change.vendor!)
            case .feature:
                feature += 1
                return features.contains(feature)
            case .cache:
                // Both lists are in document order, and a hostile definition may have many caches.
                while cache < cpu.caches.count, cpu.caches[cache].element.span.start < child.span.start { cache += 1 }
                let isPassthrough = cache < cpu.caches.count && cpu.caches[cache].element.span == child.span
                    && cpu.caches[cache].mode?.value == .passthrough
                return change.allowsPassthroughParts || !isPassthrough
            // A surplus child would become the first of its name, the one that libvirt reads.
            case .surplus: return false
            // libvirt accepts maxphysaddr under every mode (qemu_validate.c, `qemuValidateDomainDefCpu`).
            case .maxphysaddr, .topology, .numa, .other, .comment, .processingInstruction: return true
            }
        }
    }

    /// The old features that the change lists too, with the same policy. A feature that the change lists once stays
    /// once.
    private static func features(of cpu: CPU, in domain: Domain, after change: CPUChange) -> Set<Int> {
        var wanted = change.features
        var kept: Set<Int> = []
        for (index, feature) in cpu.features.enumerated() {
            guard let name = feature.name,
                let match = wanted.firstIndex(where: {
                    domain.is(name, $0.name) && $0.policy == feature.effectivePolicy
                })
            else { continue }
            wanted.remove(at: match)
            kept.insert(index)
        }
        return kept
    }

    /// The children that stay, in document order.
    func children(of cpu: CPU) -> [CPU.Child] {
        zip(cpu.children, flags).filter(\.1).map(\.0)
    }

    /// The features that stay, in document order.
    func features(of cpu: CPU) -> [CPU.Feature] {
        cpu.features.enumerated().filter { features.contains($0.offset) }.map(\.element)
    }

    /// The caches that stay, in document order.
    func caches(of cpu: CPU) -> [CPU.Cache] {
        cpu.caches.filter { change.allowsPassthroughParts || $0.mode?.value != .passthrough }
    }
}
