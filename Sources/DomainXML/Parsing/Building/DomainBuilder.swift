internal import CLibXML2
import Glibc

/// Builds the ``Domain`` objects of one document from its elements, text and comments.
///
/// The owner calls `deallocate()`.
struct DomainBuilder {
    /// The names of the current parser. They are behind a pointer because the compiler would copy them for each
    /// element.
    private let names = UnsafeMutablePointer<InternedNames>.allocate(capacity: 1)
    private var hasNames = false
    /// The table of `names`, kept here to save an indirection for each element.
    private var kinds: ElementKindTable!
    private var document: Document?
    private var domain: Domain!
    /// The facts of `domain`.
    private var facts: UnsafeMutablePointer<DomainFacts>!
    /// Domains to be used again.
    private var pool: [Domain] = []

    /// An open element.
    private struct Frame {
        var kind = ElementKind.nothing
        var element = Element.none
        /// The length of the domain's storage when the element began: its text is what is appended after that.
        var mark = 0
    }
    /// The greatest depth of elements that are read.
    private static let deepest = 16
    /// The open elements that are read, `depth` of them. This is not an array because the checks of an array cost time
    /// for each element.
    private let frames = UnsafeMutablePointer<Frame>.allocate(capacity: deepest)
    private(set) var depth = 0
    /// The kind of the document's root; `nothing` before it.
    private(set) var root = ElementKind.nothing
    /// Whether the text at this place is part of a value.
    private(set) var isCollecting = false
    /// The input offset of the open domain; nil outside a domain.
    private(set) var openDomainStart: Int?
    /// The number of features, comments, timers and other parts in the domains that are held. In memory, each takes up
    /// to 15 times its length in the input.
    private(set) var partCount = 0

    /// Builds the domain's CPU. It is behind a pointer because the compiler sometimes copies the `DomainBuilder` for a
    /// call, and this is the largest part of it.
    private let cpu: UnsafeMutablePointer<CPUBuilder>
    // The open timer and the open flag, until their end tags.
    private let timer = UnsafeMutablePointer<Domain.Timer?>.allocate(capacity: 1)
    private let flag = UnsafeMutablePointer<Domain.Flag?>.allocate(capacity: 1)
    private var snapshotMemory = SnapshotMemory()
    /// The white space of the open value.
    private var blanks = BlankText()
    /// The last piece of CDATA ended in a carriage return.
    private var endsCDATAInReturn = false
    /// Whether the open `<os>` has had a `<type>`.
    private var hasOSType = false
    /// The number of `<metadata>` elements of the domain. libvirt reads the first one (`./metadata[1]`).
    private var metadataCount = 0
    /// The number of `<kvm>` elements of the domain's features.
    private(set) var kvmCount = 0
    /// The number of `<hyperv>` in the open domain so far.
    private(set) var hypervCount = 0
    /// A `<hyperv>` in the open domain has `mode='passthrough'`.
    private(set) var passesHyperVThrough = false

    init() {
        frames.initialize(repeating: Frame(), count: Self.deepest)
        cpu = .allocate(capacity: 1)
        cpu.initialize(to: CPUBuilder(names: names))
        timer.initialize(to: nil)
        flag.initialize(to: nil)
    }

    /// Takes over the names of a new parser, and deallocates them in the end.
    mutating func use(_ new: InternedNames) {
        if hasNames { names.pointee.deallocate() }
        names.initialize(to: new)
        kinds = new.kinds
        hasNames = true
    }

    func deallocate() {
        if hasNames { names.pointee.deallocate() }
        names.deallocate()
        frames.deallocate()
        cpu.deinitialize(count: 1)
        cpu.deallocate()
        timer.deinitialize(count: 1)
        timer.deallocate()
        flag.deinitialize(count: 1)
        flag.deallocate()
    }

    private var top: UnsafeMutablePointer<Frame> { frames + (depth - 1) }
    private var parent: ElementKind { depth > 0 ? top.pointee.kind : .nothing }
    /// Whether the open element is written as an empty-element tag.
    var isOpenTagEmpty: Bool { top.pointee.element.isEmptyTag }
    /// The number of complete domains that are held.
    var domainCount: Int { document!.domains.count }
    /// The input offset of the open value if it has more bytes than `most`; nil if it has not, and for a title or description.
    func startOfValue(longerThan most: Int) -> Int? {
        guard openDomainStart != nil, facts.pointee.storage.count - top.pointee.mark > most else { return nil }
        let isProse = top.pointee.kind == .title || top.pointee.kind == .description
        return isProse ? nil : top.pointee.element.span.start
    }
    var isInDomain: Bool { openDomainStart != nil }
    /// Whether the open `<cpu>` is the second or a later one of its domain.
    var isCPUIgnored: Bool { cpu.pointee.isIgnored }
    /// Whether the open element is a `<cpu>` of a domain.
    var isInCPU: Bool { parent == .cpu }

    // MARK: Documents

    mutating func beginDocument(_ document: Document) {
        self.document = document
        releaseDomains()
        depth = 0
        partCount = 0
        root = .nothing
        isCollecting = false
        openDomainStart = nil
        snapshotMemory.reset()
    }

    /// Ends the document. Only now it is known whether a snapshot has memory.
    mutating func endDocument() {
        guard root == .snapshot else { return }
        let hasMemory = snapshotMemory.isSaved
        // libvirt finds <domain> and <inactiveDomain> by their names, in either order.
        for domain in document!.domains where domain.container == .snapshot {
            domain.facts.pointee.isRunning = hasMemory
        }
    }

    /// Takes the document's domains back, to use them again.
    mutating func releaseDomains() {
        while let domain = document!.domains.popLast() { pool.append(domain) }
    }

    // MARK: Starts

    /// The kind of an element.
    ///
    /// libvirt finds most elements with XPath, so that one in a namespace is not found, whatever its local name. It finds
    /// the root and what is inside `<features>` by the local name alone. An undeclared prefix is part of the local name.
    ///
    /// The function is mutating, though it changes nothing, because for a call of a non-mutating function the compiler
    /// copies the builder.
    mutating func kind(
        _ name: InternedName, prefix: UnsafePointer<xmlChar>?, uri: UnsafePointer<xmlChar>?
    ) -> ElementKind {
        let parent = parent
        let kind = kinds.kind(name, in: parent)
        if kind == .nothing || kind.hasAnyNamespace { return kind }
        if !kind.hasNamespace {
            // Of the elements that belong after `<cpu>`, only the first one is needed.
            if kind == .afterCPU, facts.pointee.firstAfterCPU != nil { return .nothing }
            if prefix == nil && uri == nil { return kind }
            if parent == .nothing || kind.hasLocalName, prefix == nil || uri != nil { return kind }
        } else if let uri, equal(UnsafeBufferPointer(start: uri, count: strlen(uri)), kind.namespace!) {
            return kind
        }
        return parent == .nothing ? .otherRoot : parent == .cpu ? .cpuOther : .nothing
    }

    /// Whether a root in a namespace is another vocabulary's `<domain>`: libvirt refuses one without a type.
    func isForeign(_ attributes: AttributeList) -> Bool {
        !attributes.hasUnprefixedValue(names.pointee.type)
    }

    /// Notes that elements without a prefix may be in a namespace inside the open domain.
    mutating func noteNamespaceOfDomain() {
        facts.pointee.isInNamespace = true
    }

    /// Remembers the kind of the document's root. Call this for each element that is not inside a skipped one.
    mutating func noteRoot(_ kind: ElementKind) {
        if depth == 0 { root = kind }
    }

    mutating func start(
        _ kind: ElementKind, named name: InternedName, _ element: Element, _ attributes: AttributeReader
    ) {
        noteRoot(kind)
        if kind == .domain { beginDomain(at: element.span.start, named: name, parent: parent) }
        precondition(depth < Self.deepest)
        read(kind, named: name, element, attributes)
        depth += 1
        top.pointee = Frame(
            kind: kind, element: element, mark: openDomainStart == nil ? 0 : facts.pointee.storage.count)
        isCollecting = kind.hasText
        if isCollecting { blanks.begin() }
    }

    private mutating func beginDomain(at start: Int, named name: InternedName, parent: ElementKind) {
        domain = pool.popLast() ?? Domain()
        let container: Domain.Container =
            switch parent {
            case .domstatus: .status
            case .list: .list
            case .snapshot: name == names.pointee.inactiveDomain ? .snapshotInactive : .snapshot
            default: .root
            }
        facts = domain.facts
        facts.pointee.reset(container: container)
        openDomainStart = start
        if root == .list { partCount = 0 }
        metadataCount = 0
        kvmCount = 0
        hypervCount = 0
        passesHyperVThrough = false
        cpu.pointee.beginDomain()
    }

    private mutating func read(
        _ kind: ElementKind, named name: InternedName, _ element: Element, _ attributes: AttributeReader
    ) {
        func text(_ name: InternedName) -> DecodedText? { attributes.text(name, in: &facts.pointee.storage) }
        // What libvirt, or whoever else reads it, finds with XPath.
        func unprefixed(_ name: InternedName) -> DecodedText? {
            attributes.unprefixedText(name, in: &facts.pointee.storage)
        }
        switch kind {
        case .domain:
            facts.pointee.type = unprefixed(names.pointee.type)
            facts.pointee.id = text(names.pointee.id)
        case .vcpu where facts.pointee.vcpu == nil: facts.pointee.vcpuCurrent = text(names.pointee.current)
        case .os: hasOSType = false
        case .osType where !hasOSType:
            // `string(./os/type[1]/@arch)` is the first such attribute of the first `<type>` of each `<os>`.
            hasOSType = true
            if facts.pointee.arch == nil { facts.pointee.arch = unprefixed(names.pointee.arch) }
            if facts.pointee.machine == nil { facts.pointee.machine = unprefixed(names.pointee.machine) }
        case .metadata: metadataCount += 1
        case .kvm: kvmCount += 1
        case .libosinfoOS where facts.pointee.osinfoID == nil && metadataCount == 1:
            facts.pointee.osinfoID = unprefixed(names.pointee.id)
        case .vmTemplate where facts.pointee.templateOS == nil && metadataCount == 1:
            facts.pointee.templateOS = unprefixed(names.pointee.os)
        case .osKernel: facts.pointee.bootsKernel = true
        case .hostdev: facts.pointee.passedThroughDevices += 1
        case .interface: if attributes.value(names.pointee.type, is: "hostdev") { facts.pointee.passedThroughDevices += 1 }
        case .hyperv:
            hypervCount += 1
            if attributes.value(names.pointee.mode, is: "passthrough") { passesHyperVThrough = true }
            facts.pointee.hypervMode = text(names.pointee.mode)
        case .enlightenment, .cpuidFlag:
            flag.pointee = Domain.Flag(
                element: element, name: domain.adding(String(cString: name), at: element.span),
                state: text(names.pointee.state), value: text(names.pointee.value) ?? text(names.pointee.retries))
        case .enlightenmentPart:
            partCount += 1
            flag.pointee!.parts.append(
                Domain.Flag.Part(name: domain.adding(String(cString: name), at: element.span), state: text(names.pointee.state)))
        // `string(./clock/@offset)` is the first such attribute of any `<clock>`.
        case .clock where facts.pointee.clockOffset == nil: facts.pointee.clockOffset = unprefixed(names.pointee.offset)
        case .timer:
            timer.pointee = Domain.Timer(
                element: element, name: text(names.pointee.name), present: text(names.pointee.present),
                mode: text(names.pointee.mode), frequency: text(names.pointee.frequency))
        case .argument:
            partCount += 1
            if let value = text(names.pointee.value) { facts.pointee.qemuArguments.append(value) }
        case .snapshotMemory: snapshotMemory.readMemory(attributes, snapshot: names.pointee.snapshot)
        case .cpu: cpu.pointee.begin(element, attributes, facts)
        case .cpuModel, .cpuFeature, .cpuTopology, .cpuCache, .cpuMaxPhysAddr, .cpuNuma, .numaCell, .numaDistances,
            .numaSibling:
            if !cpu.pointee.isIgnored { cpu.pointee.beginChild(kind, element, attributes, facts) }
        default: break
        }
    }

    // MARK: Ends

    /// Ends the open element.
    ///
    /// - Parameters:
    ///   - end: the input offset after the element.
    ///   - closeTag: the input offset of the end tag; -1 for an empty-element tag.
    /// - Returns: the span of a domain that is complete in a list; nil for all other elements.
    mutating func end(at end: Int, closeTag: Int) -> ByteRange? {
        if isCollecting, let cut = blanks.end() { facts.pointee.storage.count = cut }
        var frame = top.pointee
        depth -= 1
        frame.element.span.end = end
        if closeTag >= 0 { frame.element.content.end = closeTag }
        let parent = parent
        isCollecting = parent.hasText
        let element = frame.element
        switch frame.kind {
        case .domain: return endDomain(element)
        case .snapshotState, .snapshotMemory: break
        case .cpuModel, .cpuVendor, .cpuTopology, .cpuCache, .cpuMaxPhysAddr, .cpuFeature, .cpuNuma, .cpuOther:
            if !cpu.pointee.isIgnored {
                partCount += 1
                cpu.pointee.endChild(frame.kind, element, since: frame.mark, facts)
            }
        case .numaCell, .numaDistances, .numaSibling:
            partCount += 1
            if !cpu.pointee.isIgnored { cpu.pointee.endNUMAPart(frame.kind, element) }
        case .cpu:
            if cpu.pointee.isIgnored {
                partCount += 1
                facts.pointee.ignoredCPUs.append(element)
            } else {
                cpu.pointee.end(element, facts)
            }
        default: endDomainPart(frame, element)
        }
        if parent == .domain { notePlaceForCPU(frame.kind, element) }
        return nil
    }

    private mutating func endDomain(_ element: Element) -> ByteRange? {
        facts.pointee.element = element
        // libvirt takes an empty value of an XPath for an absent one.
        if facts.pointee.arch?.isEmpty == true { facts.pointee.arch = nil }
        if facts.pointee.machine?.isEmpty == true { facts.pointee.machine = nil }
        if facts.pointee.emulator?.text.isEmpty == true { facts.pointee.emulator = nil }
        document!.domains.append(domain)
        openDomainStart = nil
        return root == .list ? element.span : nil
    }

    /// Notes where a missing `<cpu>` belongs.
    private func notePlaceForCPU(_ kind: ElementKind, _ element: Element) {
        switch kind {
        case .beforeCPU, .os, .features: facts.pointee.lastBeforeCPU = element.span
        case .afterCPU, .clock, .devices:
            if facts.pointee.firstAfterCPU == nil { facts.pointee.firstAfterCPU = element.span }
        default: break
        }
    }

    private func textElement(_ frame: Frame, _ element: Element) -> TextElement {
        TextElement(element, since: frame.mark, in: facts.pointee.storage)
    }

    private mutating func endDomainPart(_ frame: Frame, _ element: Element) {
        switch frame.kind {
        case .name: if facts.pointee.name == nil { facts.pointee.name = textElement(frame, element) }
        case .uuid: if facts.pointee.uuid == nil { facts.pointee.uuid = textElement(frame, element) }
        case .title: if facts.pointee.title == nil { facts.pointee.title = textElement(frame, element) }
        case .description:
            if facts.pointee.description == nil { facts.pointee.description = textElement(frame, element) }
        case .vcpu: if facts.pointee.vcpu == nil { facts.pointee.vcpu = textElement(frame, element) }
        case .osType: if facts.pointee.osType == nil { facts.pointee.osType = textElement(frame, element) }
        case .emulator: if facts.pointee.emulator == nil { facts.pointee.emulator = textElement(frame, element) }
        case .hyperv: facts.pointee.hyperv = element
        case .clock: if facts.pointee.clock == nil { facts.pointee.clock = element }
        case .enlightenment:
            partCount += 1
            flag.pointee!.element = element
            facts.pointee.enlightenments.append(flag.pointee!)
        case .cpuidFlag:
            partCount += 1
            flag.pointee!.element = element
            facts.pointee.cpuidFlags.append(flag.pointee!)
        case .timer:
            partCount += 1
            timer.pointee!.element = element
            facts.pointee.timers.append(timer.pointee!)
        default: break
        }
    }

    // MARK: Text, comments and processing instructions

    /// Adds text to the open value. Call this only while `isCollecting`.
    ///
    /// - Parameters:
    ///   - isPreserved: whether `xml:space='preserve'` applies.
    ///   - isBeforeCarriageReturn: whether a carriage return follows.
    mutating func append(
        _ bytes: UnsafeBufferPointer<UInt8>, from source: BlankText.Source, isPreserved: Bool, isBeforeCarriageReturn: Bool
    ) {
        guard openDomainStart != nil else { return snapshotMemory.appendState(bytes) }
        let mark = facts.pointee.storage.count
        facts.pointee.storage.append(bytes)
        let cut = blanks.add(
            bytes, from: source, at: mark, isPreserved: isPreserved, isBeforeCarriageReturn: isBeforeCarriageReturn)
        if let cut { facts.pointee.storage.count = cut }
    }

    /// Adds CDATA to the open value. Call this only while `isCollecting`.
    ///
    /// libxml2's push parser hands it on as it stands in its buffer, in pieces. Its tree, which libvirt reads, has no
    /// carriage returns (XML 1.0, 2.11).
    ///
    /// - Parameter isBeginning: whether the section begins here; else this is more of it.
    mutating func appendCDATA(_ bytes: UnsafeBufferPointer<UInt8>, isBeginning: Bool) {
        guard openDomainStart != nil else { return snapshotMemory.appendState(bytes) }
        noteMarkup()
        let isAfterReturn = !isBeginning && endsCDATAInReturn
        endsCDATAInReturn = bytes.last == 0x0d
        facts.pointee.storage.append(normalizingLineEnds: bytes, isAfterReturn: isAfterReturn)
    }

    /// Notes markup inside the open value. Call this only while `isCollecting`.
    mutating func noteMarkup() {
        guard openDomainStart != nil, let cut = blanks.noteMarkup() else { return }
        facts.pointee.storage.count = cut
    }

    /// Begins an element inside the open value. Call this only while `isCollecting`.
    mutating func enterValue() {
        noteMarkup()
        blanks.enter()
    }

    /// Ends an element inside the open value. Call this only while `isCollecting`.
    mutating func leaveValue() {
        guard let cut = blanks.end(), openDomainStart != nil else { return }
        facts.pointee.storage.count = cut
    }

    mutating func comment(_ span: ByteRange, _ text: UnsafePointer<xmlChar>) {
        partCount += 1
        if isCollecting { noteMarkup() }
        let mark = facts.pointee.storage.count
        // Inside a value (`<name>a<!-- b -->c</name>`) the comment's text would become part of the value.
        if !isCollecting { facts.pointee.storage.append(UnsafeBufferPointer(start: text, count: strlen(text))) }
        facts.pointee.comments.append(
            Domain.Comment(span: span, text: facts.pointee.storage.text(since: mark, at: span)))
        if isInCPU, !cpu.pointee.isIgnored { cpu.pointee.add(.comment, span) }
    }

    /// Adds a processing instruction. Call this only while `isInCPU`.
    mutating func processingInstruction(_ span: ByteRange) {
        partCount += 1
        if !cpu.pointee.isIgnored { cpu.pointee.add(.processingInstruction, span) }
    }
}
