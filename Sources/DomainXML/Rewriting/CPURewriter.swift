/// What a `<cpu>` is to become. It says nothing of topology, NUMA, comments: they stay.
///
/// A class, so that handing it about is one retain.
public final class CPUChange: Sendable {
    /// `nil`: the hypervisor's default, which is no mode and no model.
    public let mode: CPU.Mode?
    /// Under `custom`.
    public let model: String?
    /// `<model fallback=…>`; nil leaves the element without one.
    public let fallback: CPU.Fallback?
    /// `<vendor>`, which the host must be of; nil leaves no such element.
    public let vendor: String?
    /// All that the element lists afterwards, in this order where they are new.
    public let features: [Feature]
    /// `<cache mode='passthrough'>` may stay: libvirt takes it under host-passthrough and maximum only.
    public let allowsPassthroughParts: Bool

    /// A `<feature>` that the new CPU lists.
    public struct Feature: Sendable, Equatable {
        /// libvirt's name, not escaped.
        public var name: String
        /// Always written out, `require` too.
        public var policy: CPU.Policy

        /// Names are not checked.
        public init(name: String, policy: CPU.Policy) {
            self.name = name
            self.policy = policy
        }
    }

    /// Names are not checked. `allowsPassthroughParts` follows from the mode.
    public init(
        mode: CPU.Mode?, model: String? = nil, fallback: CPU.Fallback? = nil, vendor: String? = nil,
        features: [Feature] = []
    ) {
        self.mode = mode
        self.model = model
        self.fallback = fallback
        self.vendor = vendor
        self.features = features
        allowsPassthroughParts = mode == .hostPassthrough || mode == .maximum
    }
}

/// A change worked out on one domain: the edits, and the CPU as it will read.
public struct CPURewrite: Sendable, Equatable {
    /// For `Document.write(applying:to:)`; empty when nothing changes.
    public var edits: [Edit]
    /// The CPU afterwards; its places are the old element's. `nil` when none is left.
    public var cpu: CPU?
}

/// Works out the edits that turn a domain's `<cpu>` into another, in the file's own style.
public struct CPURewriter {
    private let document: Document
    private let domain: Domain
    private let layout: MarkupStyle
    private let change: CPUChange
    private var edits: [Edit] = []
    /// Which of the old features stay, by index; worked out once, since a stranger may list a million.
    private var keptFeatures: Set<Int> = []
    /// For each child of the old element.
    private var keeps: [Bool] = []

    /// Works out the edits.
    ///
    /// - Parameters:
    ///   - domain: is not changed; values that are new are added to its storage.
    ///   - document: the one that the domain was handed out with.
    public static func rewrite(_ domain: Domain, in document: Document, to change: CPUChange) -> CPURewrite {
        var rewriter = CPURewriter(document: document, domain: domain, layout: MarkupStyle(document), change: change)
        if let cpu = domain.cpu { return rewriter.rewrite(cpu) }
        return rewriter.insert()
    }

    // MARK: An element that is there

    private mutating func rewrite(_ old: CPU) -> CPURewrite {
        var new = old.parts
        keptFeatures = featuresToKeep(old)
        keeps = childrenToKeep(old)
        let kept = zip(old.children, keeps).filter(\.1).map(\.0)
        // With the first one gone, libvirt would read a second <cpu>.
        if change.mode == nil, kept.isEmpty, isBlank(old), domain.ignoredCPUs.isEmpty {
            edits = [removal(of: old.element.span)]
            return CPURewrite(edits: edits, cpu: nil)
        }
        rewriteStartTag(old, &new)
        keepChildren(old, kept, &new)
        let fresh = freshChildren(old, &new, keptFeatures)
        layOut(old, kept: kept, fresh: fresh)
        return CPURewrite(edits: edits, cpu: CPU(new))
    }

    private func isBlank(_ cpu: CPU) -> Bool {
        var place = cpu.element.startTag.end
        for child in cpu.children {
            guard layout.isBlank(ByteRange(place, child.span.start)) else { return false }
            place = child.span.end
        }
        return cpu.element.isEmptyTag || layout.isBlank(ByteRange(place, cpu.element.content.end))
    }

    private mutating func rewriteStartTag(_ old: CPU, _ new: inout CPU.Parts) {
        new.mode = setWord(old.mode, to: change.mode)
        let match: CPU.Match? = change.mode == .custom ? .exact : nil
        new.match = setWord(old.match, to: match)
        new.check = setWord(old.check, to: nil)
        new.migratable = setWord(old.migratable, to: nil)
        if change.mode == nil { new.deprecatedFeatures = setWord(old.deprecatedFeatures, to: nil) }
        let quote = quote(in: old)
        var added = ""
        if old.mode == nil, let mode = change.mode { added = joined([" mode=", quote, mode.rawValue, quote]) }
        if old.match == nil, match != nil { added = joined([added, " match=", quote, "exact", quote]) }
        guard !added.isEmpty else { return }
        let anchor = old.mode.map { $0.text.span.end + document.encoding.unitWidth }
            ?? old.element.span.start + 4 * document.encoding.unitWidth
        edits.append(Edit(ByteRange(anchor, anchor), added))
    }

    /// Sets or removes an attribute that is there; one that is not stays for the caller to add.
    private mutating func setWord<Value: RawRepresentable<String> & Equatable>(
        _ old: Word<Value>?, to value: Value?
    ) -> Word<Value>? {
        guard let old else { return value.map { word($0) } }
        guard let value else {
            edits.append(Edit(layout.attribute(around: old.text.span), ""))
            return nil
        }
        if old.value == value { return old }
        edits.append(Edit(old.text.span, value.rawValue))
        return word(value)
    }

    private func word<Value: RawRepresentable<String>>(_ value: Value) -> Word<Value> {
        Word(text: domain.adding(value.rawValue, at: place), value: value)
    }

    private var place: ByteRange { domain.cpu?.element.span ?? domain.element.startTag }

    private func quote(in cpu: CPU?) -> String {
        func quote(_ text: Text?) -> String? { text.flatMap { layout.quote(before: $0.span) } }
        return quote(cpu?.mode?.text) ?? quote(cpu?.match?.text) ?? quote(cpu?.check?.text) ?? quote(domain.type)
            ?? quote(domain.id) ?? "'"
    }

    // MARK: Children

    private func childrenToKeep(_ cpu: CPU) -> [Bool] {
        var feature = -1
        return cpu.children.map { child in
            switch child.kind {
            case .model:
                guard let model = cpu.model, change.mode == .custom || change.mode == .hostModel else { return false }
                return change.mode == .custom || model.vendorID != nil
            case .vendor: return change.vendor != nil && domain.is(cpu.vendor?.text, change.vendor!)
            case .feature:
                feature += 1
                return keptFeatures.contains(feature)
            case .cache: return change.allowsPassthroughParts || !isPassthroughCache(child, of: cpu)
            // Left behind, it would become the first.
            case .surplus: return false
            // libvirt takes maxphysaddr under every mode (qemu_validate.c, `qemuValidateDomainDefCpu`).
            case .maxphysaddr, .topology, .numa, .other, .comment, .processingInstruction: return true
            }
        }
    }

    private func isPassthroughCache(_ child: CPU.Child, of cpu: CPU) -> Bool {
        cpu.caches.first { $0.element.span == child.span }?.mode?.value == .passthrough
    }

    /// Listed features that the change asks for, once each.
    private func featuresToKeep(_ cpu: CPU) -> Set<Int> {
        var wanted = change.features
        var kept: Set<Int> = []
        for (index, feature) in cpu.features.enumerated() {
            guard let name = feature.name,
                let match = wanted.firstIndex(where: { domain.is(name, $0.name) && $0.policy == feature.effectivePolicy })
            else { continue }
            wanted.remove(at: match)
            kept.insert(index)
        }
        return kept
    }

    private mutating func keepChildren(_ old: CPU, _ kept: [CPU.Child], _ new: inout CPU.Parts) {
        new.children = kept
        new.features = old.features.enumerated().filter { keptFeatures.contains($0.offset) }.map(\.element)
        new.caches = old.caches.filter { change.allowsPassthroughParts || $0.mode?.value != .passthrough }
        if !new.children.contains(where: { $0.kind == .vendor }) { new.vendor = nil }
        if new.children.contains(where: { $0.kind == .model }) {
            rewriteModel(old.model!, &new)
        } else {
            new.model = nil
        }
    }

    /// A model element that stays keeps its `vendor_id`; its name and `fallback` follow the change.
    private mutating func rewriteModel(_ old: CPU.Model, _ new: inout CPU.Parts) {
        new.model!.fallback = setWord(old.fallback, to: change.fallback)
        if old.fallback == nil, let fallback = change.fallback {
            let anchor = old.name.element.span.start + 6 * document.encoding.unitWidth
            let quote = old.vendorID.flatMap { layout.quote(before: $0.span) } ?? quote(in: domain.cpu)
            edits.append(Edit(ByteRange(anchor, anchor), " fallback=\(quote)\(fallback.rawValue)\(quote)"))
        }
        let name = change.model ?? ""
        guard !domain.is(old.name.text, name) else { return }
        new.model!.name.text = domain.adding(name, at: old.name.element.span)
        let element = old.name.element
        let width = document.encoding.unitWidth
        if name.isEmpty {
            edits.append(Edit(ByteRange(element.startTag.end - width, element.span.end), "/>"))
        } else if element.isEmptyTag {
            edits.append(Edit(ByteRange(element.startTag.end - 2 * width, element.span.end), ">\(escaped(name))</model>"))
        } else {
            edits.append(Edit(element.content, escaped(name)))
        }
    }

    private struct Fresh {
        /// Before everything that stays.
        var first: [String] = []
        /// Where libvirt prints features.
        var features: [String] = []
    }

    private func freshChildren(_ old: CPU?, _ new: inout CPU.Parts, _ kept: Set<Int>) -> Fresh {
        var fresh = Fresh()
        let quote = quote(in: old)
        if change.mode == .custom, let name = change.model, new.model == nil {
            let fallback = change.fallback.map { " fallback=\(quote)\($0.rawValue)\(quote)" } ?? ""
            fresh.first.append("<model\(fallback)>\(escaped(name))</model>")
            new.model = CPU.Model(name: textElement(name), fallback: change.fallback.map { word($0) })
        }
        if let vendor = change.vendor, new.vendor == nil {
            fresh.first.append("<vendor>\(escaped(vendor))</vendor>")
            new.vendor = textElement(vendor)
        }
        var listed = kept.map { (old!.features[$0].name!, old!.features[$0].effectivePolicy) }
        for feature in change.features {
            if let index = listed.firstIndex(where: { domain.is($0.0, feature.name) && $0.1 == feature.policy }) {
                listed.remove(at: index)
                continue
            }
            let (policy, name) = (feature.policy.rawValue, escaped(feature.name))
            fresh.features.append("<feature policy=\(quote)\(policy)\(quote) name=\(quote)\(name)\(quote)/>")
            new.features.append(
                CPU.Feature(
                    element: Element(span: place, startTag: place, isEmptyTag: true, content: ByteRange(place.end, place.end)),
                    name: domain.adding(feature.name, at: place), policy: word(feature.policy)))
        }
        return fresh
    }

    private func textElement(_ text: String) -> TextElement {
        TextElement(
            element: Element(span: place, startTag: place, isEmptyTag: false, content: place),
            text: domain.adding(text, at: place))
    }

    // MARK: Layout

    private mutating func layOut(_ old: CPU, kept: [CPU.Child], fresh: Fresh) {
        let element = old.element
        let width = document.encoding.unitWidth
        let hasNoText = isBlank(old)
        if kept.isEmpty, hasNoText {
            let lines = fresh.first + fresh.features
            if lines.isEmpty {
                guard !element.isEmptyTag else { return }
                edits.append(Edit(ByteRange(element.startTag.end - width, element.span.end), "/>"))
            } else {
                let start = element.startTag.end - (element.isEmptyTag ? 2 : 1) * width
                edits.append(Edit(ByteRange(start, element.span.end), content(lines, of: element)))
            }
            return
        }
        var place = element.startTag.end
        for (child, isKept) in zip(old.children, keeps) {
            if !isKept { edits.append(document.removing(child.span, after: place)) }
            place = child.span.end
        }
        insert(fresh, into: old, kept: kept)
    }

    /// A removal takes the white space before it along.
    private func removal(of span: ByteRange) -> Edit {
        var start = span.start
        let width = document.encoding.unitWidth
        while start - width >= document.span.start, isXMLSpace(document.unit(at: start - width)) {
            start -= width
        }
        return Edit(ByteRange(start, span.end), "")
    }

    private mutating func insert(_ fresh: Fresh, into old: CPU, kept: [CPU.Child]) {
        let gap = old.children.first.flatMap { first in
            layout.lineStart(in: ByteRange(old.element.startTag.end, first.span.start))
        } ?? ""
        let top = old.element.startTag.end
        if !fresh.first.isEmpty {
            edits.append(Edit(ByteRange(top, top), fresh.first.map { gap + $0 }.joined()))
        }
        guard !fresh.features.isEmpty else { return }
        let before: [CPU.Child.Kind] = [.model, .vendor, .topology, .cache, .maxphysaddr, .feature]
        let anchor = kept.last { before.contains($0.kind) }?.span.end ?? top
        edits.append(Edit(ByteRange(anchor, anchor), fresh.features.map { gap + $0 }.joined()))
    }

    /// `>` to the end tag, for an element that had nothing to keep.
    private func content(_ lines: [String], of element: Element) -> String {
        guard let outer = layout.lineStart(before: element.span.start) else {
            return ">" + lines.joined() + "</cpu>"
        }
        let step = layout.step(from: domain.element.span.start, to: element.span.start)
        return ">" + lines.map { outer + step + $0 }.joined() + outer + "</cpu>"
    }

    // MARK: No element yet

    /// A new `<cpu>` stands where libvirt prints it.
    private mutating func insert() -> CPURewrite {
        guard let mode = change.mode, !domain.element.isEmptyTag else { return CPURewrite(edits: [], cpu: nil) }
        var new = CPU.Parts(element: domain.element)
        new.element.span = domain.element.startTag
        new.mode = word(mode)
        new.match = mode == .custom ? word(.exact) : nil
        let fresh = freshChildren(nil, &new, [])
        let quote = quote(in: nil)
        let (place, lineStart) = insertionPoint()
        let indentation = lineStart ?? ""
        let isAfter = domain.lastBeforeCPU != nil || domain.firstAfterCPU == nil
        let (before, behind) = isAfter ? (indentation, "") : ("", indentation)
        let text: String
        if mode != .custom, fresh.first.isEmpty, fresh.features.isEmpty {
            text = joined([before, "<cpu mode=", quote, mode.rawValue, quote, "/>", behind])
        } else {
            var markup = [before, "<cpu mode=", quote, mode.rawValue, quote]
            if mode == .custom { markup += [" match=", quote, "exact", quote] }
            let step = lineStart == nil ? "" : layout.step(from: domain.element.span.start, to: siblingStart)
            let lines = fresh.first + fresh.features
            markup.append(lines.isEmpty ? "/>" : ">")
            for line in lines { markup += [indentation, step, line] }
            if !lines.isEmpty { markup += [indentation, "</cpu>"] }
            text = joined(markup + [behind])
        }
        return CPURewrite(edits: [Edit(ByteRange(place, place), text)], cpu: CPU(new))
    }

    /// A child of the domain whose indentation a new one copies.
    private var siblingStart: Int {
        (domain.lastBeforeCPU ?? domain.firstAfterCPU ?? fallbackSibling)?.start ?? domain.element.span.start
    }

    /// Something that stands before `<cpu>` in every definition, for one that has nothing nearer.
    private var fallbackSibling: ByteRange? {
        (domain.vcpu?.element ?? domain.uuid?.element ?? domain.name?.element)?.span
    }

    private func insertionPoint() -> (place: Int, lineStart: String?) {
        if let before = domain.lastBeforeCPU {
            return (endOfLine(from: before.end), layout.lineStart(before: before.start))
        }
        if let after = domain.firstAfterCPU {
            return (after.start, layout.lineStart(before: after.start))
        }
        let last = fallbackSibling
        return (last?.end ?? domain.element.startTag.end, last.flatMap { layout.lineStart(before: $0.start) })
    }

    /// Past comments that follow on the same line: they speak of what stands before them.
    private func endOfLine(from end: Int) -> Int {
        var place = end
        for comment in domain.comments where comment.span.start >= place {
            let gap = ByteRange(place, comment.span.start)
            guard layout.isBlank(gap), layout.lineStart(in: gap) == nil else { break }
            place = comment.span.end
        }
        return place
    }
}

/// The parts one after another, in one allocation: a `+` or an interpolation makes one a part, and was a tenth of the
/// rewrite.
private func joined(_ parts: [String]) -> String {
    var count = 0
    for part in parts { count += part.utf8.count }
    return String(unsafeUninitializedCapacity: count) { buffer in
        var place = 0
        for var part in parts {
            part.withUTF8 { bytes in
                for byte in bytes {
                    buffer[place] = byte
                    place += 1
                }
            }
        }
        return place
    }
}
