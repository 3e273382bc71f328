internal import CLibXML2
import Glibc

/// Turns the elements of one document into `Domain`s.
struct DomainBuilder {
    var vocabulary: Vocabulary?
    private var document: Document?
    private var domain: Domain!
    private var pool: [Domain] = []

    private struct Frame {
        var node: Node
        var element: Element
        /// Where the element's text begins in the domain's storage.
        var mark: Int
    }
    private var frames: [Frame] = []
    private(set) var root = Node.nothing
    private(set) var isCollecting = false
    private(set) var openDomainStart: Int?
    /// Inside a second `<cpu>`.
    private var ignoringCPU = false

    // Parts whose end has not been seen.
    private var feature: CPU.Feature?
    private var cache: CPU.Cache?
    private var model: CPU.Model?
    private var timer: Domain.Timer?
    private var flag: Domain.Flag?

    // Snapshot
    private var stateText: [UInt8] = []
    private var memoryAttribute: Bool?

    init() { frames.reserveCapacity(16) }

    var depth: Int { frames.count }
    var openIsEmpty: Bool { frames.last!.element.isEmptyTag }
    var isInDomain: Bool { openDomainStart != nil }
    var isInCPU: Bool { frames.last?.node == .cpu }

    mutating func beginDocument(_ document: Document) {
        self.document = document
        pool.append(contentsOf: document.domains)
        document.domains.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
        root = .nothing
        isCollecting = false
        openDomainStart = nil
        stateText.removeAll(keepingCapacity: true)
        memoryAttribute = nil
    }

    /// What the element is to us. Elements of another namespace are nothing, whatever their name.
    func node(
        _ name: Vocabulary.Name, prefix: UnsafePointer<xmlChar>?, uri: UnsafePointer<xmlChar>?
    ) -> Node {
        let parent = frames.last?.node ?? .nothing
        let node = vocabulary!.node(name, in: parent)
        if node == .nothing { return .nothing }
        let isOurs: Bool
        if let namespace = node.namespace {
            isOurs = uri.map { equal(UnsafeBufferPointer(start: $0, count: strlen($0)), namespace) } ?? false
        } else {
            isOurs = prefix == nil && uri == nil
        }
        if isOurs { return node }
        return parent == .nothing ? .otherRoot : parent == .cpu ? .cpuOther : .nothing
    }

    mutating func noteRoot(_ node: Node) {
        if frames.isEmpty { root = node }
    }

    mutating func start(
        _ node: Node, named name: Vocabulary.Name, at start: Int, isEmpty: Bool, _ attributes: AttributeReader
    ) {
        if frames.isEmpty { root = node }
        let parent = frames.last?.node ?? .nothing
        var element = Element.none
        element.span.start = start
        element.startTag.start = start
        element.isEmptyTag = isEmpty
        if node == .domain { beginDomain(at: start, parent: parent) }
        frames.append(Frame(node: node, element: element, mark: 0))
        read(node, named: name, element, attributes)
        frames[frames.count - 1].mark = openDomainStart == nil ? stateText.count : domain.storage.count
        isCollecting = node.hasText
    }

    mutating func startTagEnded(at end: Int) {
        frames[frames.count - 1].element.startTag.end = end
        frames[frames.count - 1].element.content = Span(end, end)
        if frames.last!.node == .cpu, !ignoringCPU { domain.cpu!.element = frames.last!.element }
    }

    private mutating func beginDomain(at start: Int, parent: Node) {
        domain = pool.popLast() ?? Domain()
        let container: Domain.Container =
            switch parent {
            case .domstatus: .status
            case .list: .list
            case .snapshot: document!.domains.isEmpty ? .snapshot : .snapshotInactive
            default: .root
            }
        domain.reset(container: container)
        openDomainStart = start
        ignoringCPU = false
    }

    // MARK: Attributes

    private mutating func read(
        _ node: Node, named name: Vocabulary.Name, _ element: Element, _ attributes: AttributeReader
    ) {
        let names = vocabulary!
        func text(_ name: Vocabulary.Name) -> Text? { attributes.text(name, in: domain) }
        switch node {
        case .domain:
            domain.type = text(names.type)
            domain.id = text(names.id)
        case .vcpu where domain.vcpu == nil: domain.vcpuCurrent = text(names.current)
        case .osType where domain.osType == nil:
            domain.arch = text(names.arch)
            domain.machine = text(names.machine)
        case .libosinfoOS where domain.osinfoID == nil: domain.osinfoID = text(names.id)
        case .hyperv: domain.hypervMode = text(names.mode)
        case .enlightenment, .kvmHidden:
            flag = Domain.Flag(
                element: element, name: domain.adding(String(cString: name), at: element.span),
                state: text(names.state))
        case .clock where domain.clock == nil: domain.clockOffset = text(names.offset)
        case .timer:
            timer = Domain.Timer(
                element: element, name: text(names.name), present: text(names.present), mode: text(names.mode),
                frequency: text(names.frequency))
        case .argument: if let value = text(names.value) { domain.qemuArguments.append(value) }
        case .snapshotMemory:
            let scratch = Domain()
            memoryAttribute = attributes.text(names.snapshot, in: scratch).map { !scratch.is($0, "no") }
        case .cpu:
            ignoringCPU = domain.cpu != nil
            if !ignoringCPU { domain.cpu = readCPU(element, attributes) }
        case .cpuModel, .cpuFeature, .cpuTopology, .cpuCache, .cpuMaxPhysAddr:
            if !ignoringCPU { readCPUPart(node, element, attributes) }
        default: break
        }
    }

    private func readCPU(_ element: Element, _ attributes: AttributeReader) -> CPU {
        let names = vocabulary!
        var cpu = CPU(element: element)
        cpu.mode = word(attributes.text(names.mode, in: domain))
        cpu.match = word(attributes.text(names.match, in: domain))
        cpu.check = word(attributes.text(names.check, in: domain))
        cpu.migratable = word(attributes.text(names.migratable, in: domain))
        cpu.deprecatedFeatures = word(attributes.text(names.deprecatedFeatures, in: domain))
        return cpu
    }

    private mutating func readCPUPart(_ node: Node, _ element: Element, _ attributes: AttributeReader) {
        let names = vocabulary!
        func text(_ name: Vocabulary.Name) -> Text? { attributes.text(name, in: domain) }
        switch node {
        case .cpuModel:
            let empty = TextElement(element: element, text: Text(span: element.span, start: 0, count: 0))
            model = CPU.Model(name: empty, fallback: word(text(names.fallback)), vendorID: text(names.vendorID))
        case .cpuFeature:
            feature = CPU.Feature(element: element, name: text(names.name), policy: word(text(names.policy)))
        case .cpuTopology where domain.cpu!.topology == nil:
            domain.cpu!.topology = CPU.Topology(
                element: element, sockets: text(names.sockets), dies: text(names.dies),
                clusters: text(names.clusters), cores: text(names.cores), threads: text(names.threads))
        case .cpuCache:
            cache = CPU.Cache(element: element, level: text(names.level), mode: word(text(names.mode)))
        case .cpuMaxPhysAddr where domain.cpu!.maxPhysAddr == nil:
            domain.cpu!.maxPhysAddr = CPU.MaxPhysAddr(
                element: element, mode: word(text(names.mode)), bits: text(names.bits), limit: text(names.limit))
        default: break
        }
    }

    private func word<Value: RawRepresentable<String> & CaseIterable>(_ text: Text?) -> Word<Value>? {
        guard let text else { return nil }
        return Word(text: text, value: Value.allCases.first { domain.is(text, $0.rawValue) })
    }

    // MARK: Ends

    /// - Returns: the span of a domain that is complete in a list.
    mutating func end(at end: Int, closeTag: Int) -> Span? {
        var frame = frames.removeLast()
        frame.element.span.end = end
        if closeTag >= 0 { frame.element.content.end = closeTag }
        isCollecting = frames.last?.node.hasText ?? false
        let element = frame.element
        switch frame.node {
        case .domain: return endDomain(element)
        case .snapshotState, .snapshotMemory: break
        case .cpuModel, .cpuVendor, .cpuTopology, .cpuCache, .cpuMaxPhysAddr, .cpuFeature, .cpuNuma, .cpuOther:
            if !ignoringCPU { endCPUPart(frame, element) }
        case .cpu:
            if ignoringCPU { domain.ignoredCPUs.append(element) } else { domain.cpu!.element = element }
        default: endDomainPart(frame, element)
        }
        if let parent = frames.last?.node, parent == .domain { placeForCPU(frame.node, element) }
        return nil
    }

    private mutating func endDomain(_ element: Element) -> Span? {
        domain.element = element
        document!.domains.append(domain)
        openDomainStart = nil
        return root == .list ? element.span : nil
    }

    private func placeForCPU(_ node: Node, _ element: Element) {
        switch node {
        case .beforeCPU, .os, .features: domain.lastBeforeCPU = element.span
        case .afterCPU, .clock, .devices: if domain.firstAfterCPU == nil { domain.firstAfterCPU = element.span }
        default: break
        }
    }

    private func textElement(_ frame: Frame, _ element: Element) -> TextElement {
        TextElement(
            element: element,
            text: Text(
                span: element.content, start: Int32(frame.mark), count: Int32(domain.storage.count - frame.mark)))
    }

    private mutating func endDomainPart(_ frame: Frame, _ element: Element) {
        switch frame.node {
        case .name: if domain.name == nil { domain.name = textElement(frame, element) }
        case .uuid: if domain.uuid == nil { domain.uuid = textElement(frame, element) }
        case .vcpu: if domain.vcpu == nil { domain.vcpu = textElement(frame, element) }
        case .osType: if domain.osType == nil { domain.osType = textElement(frame, element) }
        case .emulator: if domain.emulator == nil { domain.emulator = textElement(frame, element) }
        case .hyperv: domain.hyperv = element
        case .clock: if domain.clock == nil { domain.clock = element }
        case .enlightenment:
            flag!.element = element
            domain.enlightenments.append(flag!)
        case .kvmHidden:
            flag!.element = element
            domain.kvmHidden = flag
        case .timer:
            timer!.element = element
            domain.timers.append(timer!)
        default: break
        }
    }

    private mutating func endCPUPart(_ frame: Frame, _ element: Element) {
        var kind = CPU.Child.Kind.other
        switch frame.node {
        case .cpuModel where domain.cpu!.model == nil:
            kind = .model
            model!.name = textElement(frame, element)
            domain.cpu!.model = model
        case .cpuVendor where domain.cpu!.vendor == nil:
            kind = .vendor
            domain.cpu!.vendor = textElement(frame, element)
        case .cpuModel, .cpuVendor: kind = .surplus
        case .cpuFeature:
            kind = .feature
            feature!.element = element
            domain.cpu!.features.append(feature!)
        case .cpuCache:
            kind = .cache
            cache!.element = element
            domain.cpu!.caches.append(cache!)
        case .cpuTopology where domain.cpu!.topology!.element.span.start == element.span.start:
            kind = .topology
            domain.cpu!.topology!.element = element
        case .cpuMaxPhysAddr where domain.cpu!.maxPhysAddr!.element.span.start == element.span.start:
            kind = .maxphysaddr
            domain.cpu!.maxPhysAddr!.element = element
        case .cpuNuma where domain.cpu!.numa == nil:
            kind = .numa
            domain.cpu!.numa = element
        default: break
        }
        domain.cpu!.children.append(CPU.Child(kind: kind, span: element.span))
    }

    mutating func listedDomainFinished() {
        pool.append(contentsOf: document!.domains)
        document!.domains.removeAll(keepingCapacity: true)
    }

    /// A snapshot has memory when it says so, or says nothing and was taken of a running guest (libvirt's
    /// `virDomainSnapshotDefParse`).
    mutating func endDocument() {
        guard root == .snapshot, let first = document!.domains.first else { return }
        let withoutMemory = ["", "shutoff", "nostate", "disk-snapshot"]
        let state = String(decoding: stateText, as: UTF8.self)
        first.isRunning = memoryAttribute ?? !withoutMemory.contains(state)
    }

    // MARK: Text, comments

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        if openDomainStart == nil { stateText.append(contentsOf: bytes) } else { domain.storage.append(contentsOf: bytes) }
    }

    mutating func comment(_ span: Span, _ text: UnsafePointer<xmlChar>) {
        let mark = domain.storage.count
        // Inside a value (`<name>a<!-- b -->c</name>`) its text would become part of the value.
        if !isCollecting { domain.storage.append(contentsOf: UnsafeBufferPointer(start: text, count: strlen(text))) }
        domain.comments.append(
            Domain.Comment(
                span: span, text: Text(span: span, start: Int32(mark), count: Int32(domain.storage.count - mark))))
        if isInCPU, !ignoringCPU { domain.cpu!.children.append(CPU.Child(kind: .comment, span: span)) }
    }

    mutating func processingInstruction(_ span: Span) {
        if !ignoringCPU { domain.cpu!.children.append(CPU.Child(kind: .processingInstruction, span: span)) }
    }
}

extension Node {
    var passesThrough: Bool { self == .otherRoot || self == .list }
}
