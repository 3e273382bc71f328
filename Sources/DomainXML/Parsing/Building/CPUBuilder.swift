internal import CLibXML2

/// Builds the ``CPU`` of a domain from the elements, comments and processing instructions of its `<cpu>`.
struct CPUBuilder {
    /// The names of the current parser, owned by the ``DomainBuilder``.
    private let names: UnsafeMutablePointer<InternedNames>
    private let keywords = CPUKeywords()

    /// Whether the open `<cpu>` is the second or a later one of its domain, which libvirt ignores.
    private(set) var isIgnored = false
    private var cpu = CPU.Parts(element: .none)
    // The open child.
    private var feature: CPU.Feature?
    private var cache: CPU.Cache?
    private var model: CPU.Model?
    // The open `<numa>` that libvirt reads, and the open `<distances>` in it.
    private var numa: CPU.NUMA?
    private var distances: CPU.NUMA.Distances?

    init(names: UnsafeMutablePointer<InternedNames>) {
        self.names = names
    }

    mutating func beginDomain() {
        isIgnored = false
    }

    // MARK: Starts

    mutating func begin(_ element: Element, _ attributes: AttributeReader, _ facts: UnsafeMutablePointer<DomainFacts>) {
        isIgnored = facts.pointee.cpu != nil
        if isIgnored { return }
        func text(_ name: InternedName) -> DecodedText? { attributes.text(name, in: &facts.pointee.storage) }
        cpu = CPU.Parts(element: element)
        cpu.mode = keyword(text(names.pointee.mode), keywords.modes, facts)
        cpu.match = keyword(text(names.pointee.match), keywords.matches, facts)
        cpu.check = keyword(text(names.pointee.check), keywords.checks, facts)
        cpu.migratable = keyword(text(names.pointee.migratable), keywords.switches, facts)
        cpu.deprecatedFeatures = keyword(text(names.pointee.deprecatedFeatures), keywords.switches, facts)
        guard attributes.hasPrefix else { return }
        let read = [
            names.pointee.mode, names.pointee.match, names.pointee.check, names.pointee.migratable,
            names.pointee.deprecatedFeatures,
        ]
        cpu.shadowed = attributes.shadowed(read, in: &facts.pointee.storage)
    }

    mutating func beginChild(
        _ kind: ElementKind, _ element: Element, _ attributes: AttributeReader,
        _ facts: UnsafeMutablePointer<DomainFacts>
    ) {
        func text(_ name: InternedName) -> DecodedText? { attributes.text(name, in: &facts.pointee.storage) }
        // What libvirt finds with XPath.
        func unprefixed(_ name: InternedName) -> DecodedText? {
            attributes.unprefixedText(name, in: &facts.pointee.storage)
        }
        switch kind {
        case .cpuModel:
            let empty = TextElement(element: element, text: DecodedText(span: element.span, start: 0, count: 0))
            model = CPU.Model(
                name: empty, fallback: keyword(unprefixed(names.pointee.fallback), keywords.fallbacks, facts),
                vendorID: unprefixed(names.pointee.vendorID))
        case .cpuFeature:
            feature = CPU.Feature(
                element: element, name: text(names.pointee.name),
                policy: keyword(text(names.pointee.policy), keywords.policies, facts))
        case .cpuTopology where cpu.topology == nil:
            cpu.topology = CPU.Topology(
                element: element, sockets: text(names.pointee.sockets), dies: text(names.pointee.dies),
                clusters: text(names.pointee.clusters), cores: text(names.pointee.cores),
                threads: text(names.pointee.threads))
        case .cpuCache:
            cache = CPU.Cache(
                element: element, level: text(names.pointee.level),
                mode: keyword(text(names.pointee.mode), keywords.cacheModes, facts))
        case .cpuMaxPhysAddr where cpu.maxPhysAddr == nil:
            cpu.maxPhysAddr = CPU.MaxPhysAddr(
                element: element, mode: keyword(text(names.pointee.mode), keywords.addressModes, facts),
                bits: text(names.pointee.bits), limit: text(names.pointee.limit))
        case .cpuNuma where cpu.numa == nil: numa = CPU.NUMA(element: element)
        case .numaCell where numa != nil:
            numa!.cells.append(
                CPU.NUMA.Cell(
                    element: element, id: text(names.pointee.id), cpus: text(names.pointee.cpus),
                    memory: unprefixed(names.pointee.memory), unit: unprefixed(names.pointee.unit),
                    memAccess: keyword(text(names.pointee.memAccess), keywords.memoryAccesses, facts),
                    discard: keyword(text(names.pointee.discard), keywords.answers, facts)))
        case .numaDistances where numa != nil && numa!.cells.last!.distances == nil:
            distances = CPU.NUMA.Distances(element: element)
        case .numaSibling where distances != nil:
            distances!.siblings.append(
                CPU.NUMA.Sibling(element: element, id: text(names.pointee.id), value: text(names.pointee.value)))
        default: break
        }
    }

    private func keyword<Value>(
        _ text: DecodedText?, _ table: KeywordTable<Value>, _ facts: UnsafeMutablePointer<DomainFacts>
    ) -> Keyword<Value>? {
        guard let text else { return nil }
        return Keyword(text: text, value: table.value(of: facts.pointee.storage.bytes(text)))
    }

    // MARK: Ends

    /// Ends a child of the `<cpu>`. The child's text is what was added to the storage since it held `mark` bytes.
    mutating func endChild(
        _ kind: ElementKind, _ element: Element, since mark: Int, _ facts: UnsafeMutablePointer<DomainFacts>
    ) {
        var child = CPU.Child.Kind.other
        switch kind {
        case .cpuModel where cpu.model == nil:
            child = .model
            model!.name = TextElement(element, since: mark, in: facts.pointee.storage)
            cpu.model = model
        case .cpuVendor where cpu.vendor == nil:
            child = .vendor
            cpu.vendor = TextElement(element, since: mark, in: facts.pointee.storage)
        case .cpuModel, .cpuVendor: child = .surplus
        case .cpuFeature:
            child = .feature
            feature!.element = element
            cpu.features.append(feature!)
        case .cpuCache:
            child = .cache
            cache!.element = element
            cpu.caches.append(cache!)
        case .cpuTopology where cpu.topology!.element.span.start == element.span.start:
            child = .topology
            cpu.topology!.element = element
        case .cpuMaxPhysAddr where cpu.maxPhysAddr!.element.span.start == element.span.start:
            child = .maxphysaddr
            cpu.maxPhysAddr!.element = element
        case .cpuNuma where cpu.numa == nil:
            child = .numa
            numa!.element = element
            cpu.numa = numa
            numa = nil
        default: break
        }
        cpu.children.append(CPU.Child(kind: child, span: element.span))
    }

    /// Ends an element inside the open `<numa>`.
    mutating func endNUMAPart(_ kind: ElementKind, _ element: Element) {
        guard numa != nil else { return }
        let last = numa!.cells.count - 1
        switch kind {
        case .numaCell: numa!.cells[last].element = element
        case .numaDistances where distances != nil:
            distances!.element = element
            numa!.cells[last].distances = distances
            distances = nil
        case .numaSibling where distances != nil:
            distances!.siblings[distances!.siblings.count - 1].element = element
        default: break
        }
    }

    /// Ends the `<cpu>` and gives the domain its CPU.
    mutating func end(_ element: Element, _ facts: UnsafeMutablePointer<DomainFacts>) {
        cpu.element = element
        facts.pointee.cpu = CPU(cpu)
    }

    // MARK: Comments and processing instructions

    /// Adds a comment or a processing instruction that is a child of the `<cpu>`.
    mutating func add(_ kind: CPU.Child.Kind, _ span: ByteRange) {
        cpu.children.append(CPU.Child(kind: kind, span: span))
    }
}
