internal import CLibXML2
import Glibc

/// Turns the elements of one document into `Domain`s.
struct DomainBuilder {
    /// Of the current parser; behind a pointer because a copy of it would be made for each element.
    private let vocabulary = UnsafeMutablePointer<Vocabulary>.allocate(capacity: 1)
    private var names: Vocabulary { vocabulary.pointee }
    /// The vocabulary's own.
    private var nodes: NodeTable!
    private var hasVocabulary = false
    private var document: Document?
    private var domain: Domain!
    /// Those of `domain`.
    private var facts: UnsafeMutablePointer<DomainFacts>!
    private var pool: [Domain] = []

    private struct Frame {
        var node = Node.nothing
        var element = Element.none
        /// Where the element's text begins in the domain's storage.
        var mark = 0
    }
    /// The open elements, of those that are asked about: the vocabulary is not deeper than this. An array's checks
    /// showed in the profile.
    private static let deepest = 16
    private let frames = UnsafeMutablePointer<Frame>.allocate(capacity: deepest)
    private(set) var depth = 0
    private(set) var root = Node.nothing
    private(set) var isCollecting = false
    private(set) var openDomainStart: Int?
    /// Of the domains that are held: features, comments, timers and the like, each of which takes up to 15 times what it
    /// is written with.
    private(set) var partCount = 0
    /// Inside a second `<cpu>`.
    private var ignoringCPU = false

    /// Parts whose end has not been seen.
    private struct OpenParts {
        var cpu = CPU.Parts(element: .none)
        var feature: CPU.Feature?
        var cache: CPU.Cache?
        var model: CPU.Model?
        var timer: Domain.Timer?
        var flag: Domain.Flag?
    }
    /// Behind a pointer because the compiler copies the builder for a call now and then, and this is its bulk.
    private let open = UnsafeMutablePointer<OpenParts>.allocate(capacity: 1)

    // Snapshot
    private var stateText: [UInt8] = []
    private var memoryAttribute: Bool?

    private let words = CPUKeywords()

    init() {
        frames.initialize(repeating: Frame(), count: Self.deepest)
        open.initialize(to: OpenParts())
    }

    mutating func use(_ new: Vocabulary) {
        if hasVocabulary { vocabulary.pointee.deallocate() }
        vocabulary.initialize(to: new)
        nodes = new.nodes
        hasVocabulary = true
    }

    func deallocate() {
        if hasVocabulary { vocabulary.pointee.deallocate() }
        vocabulary.deallocate()
        frames.deallocate()
        open.deinitialize(count: 1)
        open.deallocate()
    }

    private var top: UnsafeMutablePointer<Frame> { frames + (depth - 1) }
    private var parent: Node { depth > 0 ? top.pointee.node : .nothing }
    var openIsEmpty: Bool { top.pointee.element.isEmptyTag }
    var hasAllDomains: Bool { document!.domains.count >= maximumDomains }
    var isInDomain: Bool { openDomainStart != nil }
    var isInCPU: Bool { parent == .cpu }

    mutating func beginDocument(_ document: Document) {
        self.document = document
        listedDomainFinished()
        depth = 0
        partCount = 0
        root = .nothing
        isCollecting = false
        openDomainStart = nil
        if !stateText.isEmpty { stateText.removeAll(keepingCapacity: true) }
        memoryAttribute = nil
    }

    /// What the element is to us. Elements of another namespace are nothing, whatever their name.
    ///
    /// Mutating, though it changes nothing: for a call that is not, the compiler copies the builder.
    mutating func node(
        _ name: Vocabulary.Name, prefix: UnsafePointer<xmlChar>?, uri: UnsafePointer<xmlChar>?
    ) -> Node {
        let parent = parent
        let node = nodes.node(name, in: parent)
        if node == .nothing { return .nothing }
        if !node.isForeign {
            // Those behind the first tell nothing more.
            if node == .afterCPU, facts.pointee.firstAfterCPU != nil { return .nothing }
            if prefix == nil && uri == nil { return node }
        } else if let uri, equal(UnsafeBufferPointer(start: uri, count: strlen(uri)), node.namespace!) {
            return node
        }
        return parent == .nothing ? .otherRoot : parent == .cpu ? .cpuOther : .nothing
    }

    mutating func noteRoot(_ node: Node) {
        if depth == 0 { root = node }
    }

    mutating func start(_ node: Node, named name: Vocabulary.Name, _ element: Element, _ attributes: AttributeReader) {
        noteRoot(node)
        if node == .domain { beginDomain(at: element.span.start, named: name, parent: parent) }
        precondition(depth < Self.deepest)
        read(node, named: name, element, attributes)
        depth += 1
        top.pointee = Frame(
            node: node, element: element,
            mark: openDomainStart == nil ? stateText.count : facts.pointee.storage.count)
        isCollecting = node.hasText
    }

    private mutating func beginDomain(at start: Int, named name: Vocabulary.Name, parent: Node) {
        domain = pool.popLast() ?? Domain()
        let container: Domain.Container =
            switch parent {
            case .domstatus: .status
            case .list: .list
            case .snapshot: name == names.inactiveDomain ? .snapshotInactive : .snapshot
            default: .root
            }
        facts = domain.facts
        facts.pointee.reset(container: container)
        openDomainStart = start
        if root == .list { partCount = 0 }
        ignoringCPU = false
    }

    // MARK: Attributes

    private mutating func read(
        _ node: Node, named name: Vocabulary.Name, _ element: Element, _ attributes: AttributeReader
    ) {
        func text(_ name: Vocabulary.Name) -> Text? { attributes.text(name, in: &facts.pointee.storage) }
        switch node {
        case .domain:
            facts.pointee.type = text(names.type)
            facts.pointee.id = text(names.id)
        case .vcpu where facts.pointee.vcpu == nil: facts.pointee.vcpuCurrent = text(names.current)
        case .osType where facts.pointee.osType == nil:
            facts.pointee.arch = text(names.arch)
            facts.pointee.machine = text(names.machine)
        case .libosinfoOS where facts.pointee.osinfoID == nil: facts.pointee.osinfoID = text(names.id)
        case .hyperv: facts.pointee.hypervMode = text(names.mode)
        case .enlightenment, .cpuidFlag:
            open.pointee.flag = Domain.Flag(
                element: element, name: domain.adding(String(cString: name), at: element.span),
                state: text(names.state), value: text(names.value) ?? text(names.retries))
        case .clock where facts.pointee.clock == nil: facts.pointee.clockOffset = text(names.offset)
        case .timer:
            open.pointee.timer = Domain.Timer(
                element: element, name: text(names.name), present: text(names.present), mode: text(names.mode),
                frequency: text(names.frequency))
        case .argument:
            partCount += 1
            if let value = text(names.value) { facts.pointee.qemuArguments.append(value) }
        case .snapshotMemory:
            let scratch = Domain()
            memoryAttribute = attributes.text(names.snapshot, in: &scratch.facts.pointee.storage)
                .map { !scratch.is($0, "no") }
        case .cpu:
            ignoringCPU = facts.pointee.cpu != nil
            if !ignoringCPU { open.pointee.cpu = readCPU(element, attributes) }
        case .cpuModel, .cpuFeature, .cpuTopology, .cpuCache, .cpuMaxPhysAddr:
            if !ignoringCPU { readCPUPart(node, element, attributes) }
        default: break
        }
    }

    private func readCPU(_ element: Element, _ attributes: AttributeReader) -> CPU.Parts {
        var cpu = CPU.Parts(element: element)
        func text(_ name: Vocabulary.Name) -> Text? { attributes.text(name, in: &facts.pointee.storage) }
        cpu.mode = word(text(names.mode), words.modes)
        cpu.match = word(text(names.match), words.matches)
        cpu.check = word(text(names.check), words.checks)
        cpu.migratable = word(text(names.migratable), words.switches)
        cpu.deprecatedFeatures = word(text(names.deprecatedFeatures), words.switches)
        return cpu
    }

    private mutating func readCPUPart(_ node: Node, _ element: Element, _ attributes: AttributeReader) {
        func text(_ name: Vocabulary.Name) -> Text? { attributes.text(name, in: &facts.pointee.storage) }
        switch node {
        case .cpuModel:
            let empty = TextElement(element: element, text: Text(span: element.span, start: 0, count: 0))
            open.pointee.model = CPU.Model(
                name: empty, fallback: word(text(names.fallback), words.fallbacks), vendorID: text(names.vendorID))
        case .cpuFeature:
            open.pointee.feature = CPU.Feature(
                element: element, name: text(names.name), policy: word(text(names.policy), words.policies))
        case .cpuTopology where open.pointee.cpu.topology == nil:
            open.pointee.cpu.topology = CPU.Topology(
                element: element, sockets: text(names.sockets), dies: text(names.dies),
                clusters: text(names.clusters), cores: text(names.cores), threads: text(names.threads))
        case .cpuCache:
            open.pointee.cache = CPU.Cache(
                element: element, level: text(names.level), mode: word(text(names.mode), words.cacheModes))
        case .cpuMaxPhysAddr where open.pointee.cpu.maxPhysAddr == nil:
            open.pointee.cpu.maxPhysAddr = CPU.MaxPhysAddr(
                element: element, mode: word(text(names.mode), words.addressModes), bits: text(names.bits),
                limit: text(names.limit))
        default: break
        }
    }

    private func word<Value>(_ text: Text?, _ words: KeywordTable<Value>) -> Word<Value>? {
        guard let text else { return nil }
        return Word(text: text, value: words.value(of: facts.pointee.storage.bytes(text)))
    }

    // MARK: Ends

    /// - Returns: the span of a domain that is complete in a list.
    mutating func end(at end: Int, closeTag: Int) -> ByteRange? {
        var frame = top.pointee
        depth -= 1
        frame.element.span.end = end
        if closeTag >= 0 { frame.element.content.end = closeTag }
        let parent = parent
        isCollecting = parent.hasText
        let element = frame.element
        switch frame.node {
        case .domain: return endDomain(element)
        case .snapshotState, .snapshotMemory: break
        case .cpuModel, .cpuVendor, .cpuTopology, .cpuCache, .cpuMaxPhysAddr, .cpuFeature, .cpuNuma, .cpuOther:
            if !ignoringCPU { endCPUPart(frame, element) }
        case .cpu:
            if ignoringCPU {
                partCount += 1
                facts.pointee.ignoredCPUs.append(element)
            } else {
                open.pointee.cpu.element = element
                facts.pointee.cpu = CPU(open.pointee.cpu)
            }
        default: endDomainPart(frame, element)
        }
        if parent == .domain { placeForCPU(frame.node, element) }
        return nil
    }

    private mutating func endDomain(_ element: Element) -> ByteRange? {
        facts.pointee.element = element
        document!.domains.append(domain)
        openDomainStart = nil
        return root == .list ? element.span : nil
    }

    private func placeForCPU(_ node: Node, _ element: Element) {
        switch node {
        case .beforeCPU, .os, .features: facts.pointee.lastBeforeCPU = element.span
        case .afterCPU, .clock, .devices:
            if facts.pointee.firstAfterCPU == nil { facts.pointee.firstAfterCPU = element.span }
        default: break
        }
    }

    private func textElement(_ frame: Frame, _ element: Element) -> TextElement {
        TextElement(
            element: element,
            text: facts.pointee.storage.text(since: frame.mark, at: element.content))
    }

    private mutating func endDomainPart(_ frame: Frame, _ element: Element) {
        switch frame.node {
        case .name: if facts.pointee.name == nil { facts.pointee.name = textElement(frame, element) }
        case .uuid: if facts.pointee.uuid == nil { facts.pointee.uuid = textElement(frame, element) }
        case .vcpu: if facts.pointee.vcpu == nil { facts.pointee.vcpu = textElement(frame, element) }
        case .osType: if facts.pointee.osType == nil { facts.pointee.osType = textElement(frame, element) }
        case .emulator: if facts.pointee.emulator == nil { facts.pointee.emulator = textElement(frame, element) }
        case .hyperv: facts.pointee.hyperv = element
        case .clock: if facts.pointee.clock == nil { facts.pointee.clock = element }
        case .enlightenment:
            partCount += 1
            open.pointee.flag!.element = element
            facts.pointee.enlightenments.append(open.pointee.flag!)
        case .cpuidFlag:
            partCount += 1
            open.pointee.flag!.element = element
            facts.pointee.cpuidFlags.append(open.pointee.flag!)
        case .timer:
            partCount += 1
            open.pointee.timer!.element = element
            facts.pointee.timers.append(open.pointee.timer!)
        default: break
        }
    }

    private mutating func endCPUPart(_ frame: Frame, _ element: Element) {
        partCount += 1
        var kind = CPU.Child.Kind.other
        switch frame.node {
        case .cpuModel where open.pointee.cpu.model == nil:
            kind = .model
            open.pointee.model!.name = textElement(frame, element)
            open.pointee.cpu.model = open.pointee.model
        case .cpuVendor where open.pointee.cpu.vendor == nil:
            kind = .vendor
            open.pointee.cpu.vendor = textElement(frame, element)
        case .cpuModel, .cpuVendor: kind = .surplus
        case .cpuFeature:
            kind = .feature
            open.pointee.feature!.element = element
            open.pointee.cpu.features.append(open.pointee.feature!)
        case .cpuCache:
            kind = .cache
            open.pointee.cache!.element = element
            open.pointee.cpu.caches.append(open.pointee.cache!)
        case .cpuTopology where open.pointee.cpu.topology!.element.span.start == element.span.start:
            kind = .topology
            open.pointee.cpu.topology!.element = element
        case .cpuMaxPhysAddr where open.pointee.cpu.maxPhysAddr!.element.span.start == element.span.start:
            kind = .maxphysaddr
            open.pointee.cpu.maxPhysAddr!.element = element
        case .cpuNuma where open.pointee.cpu.numa == nil:
            kind = .numa
            open.pointee.cpu.numa = element
        default: break
        }
        open.pointee.cpu.children.append(CPU.Child(kind: kind, span: element.span))
    }

    mutating func listedDomainFinished() {
        while let domain = document!.domains.popLast() { pool.append(domain) }
    }

    /// A snapshot has memory when it says so, or says nothing and was taken of a running guest (libvirt's
    /// `virDomainSnapshotDefParse`).
    mutating func endDocument() {
        guard root == .snapshot else { return }
        let withoutMemory = ["", "shutoff", "nostate", "disk-snapshot"]
        let state = String(decoding: stateText, as: UTF8.self)
        let hasMemory = memoryAttribute ?? !withoutMemory.contains(state)
        // libvirt finds the two by their names, in either order.
        for domain in document!.domains where domain.container == .snapshot { domain.facts.pointee.isRunning = hasMemory }
    }

    // MARK: Text, comments

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        if openDomainStart == nil { stateText.append(contentsOf: bytes) } else { facts.pointee.storage.append(bytes) }
    }

    mutating func comment(_ span: ByteRange, _ text: UnsafePointer<xmlChar>) {
        partCount += 1
        let mark = facts.pointee.storage.count
        // Inside a value (`<name>a<!-- b -->c</name>`) its text would become part of the value.
        if !isCollecting { facts.pointee.storage.append(UnsafeBufferPointer(start: text, count: strlen(text))) }
        facts.pointee.comments.append(
            Domain.Comment(span: span, text: facts.pointee.storage.text(since: mark, at: span)))
        if isInCPU, !ignoringCPU { open.pointee.cpu.children.append(CPU.Child(kind: .comment, span: span)) }
    }

    mutating func processingInstruction(_ span: ByteRange) {
        partCount += 1
        if !ignoringCPU { open.pointee.cpu.children.append(CPU.Child(kind: .processingInstruction, span: span)) }
    }
}

extension Node {
    var passesThrough: Bool { self == .otherRoot || self == .list }
}
