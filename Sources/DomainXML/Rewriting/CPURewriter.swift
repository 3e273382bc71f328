internal import XMLTree

/// Works out the edits that change a domain's `<cpu>` into another, in the file's own style.
public struct CPURewriter {
    private let document: Document
    private let domain: Domain
    private let style: MarkupStyle
    private let change: CPUChange
    private let old: CPU
    private let kept: KeptChildren
    private var new: CPU.Parts
    private var edits: [Edit] = []

    /// Works out the edits and the CPU after them.
    ///
    /// - Parameters:
    ///   - domain: does not change, except that its storage receives the values of the new CPU.
    ///   - document: the document that contains the domain.
    ///   - change: the CPU that the domain is to have.
    public static func rewrite(_ domain: Domain, in document: Document, to change: CPUChange) -> CPURewrite {
        guard let cpu = domain.cpu else { return CPUInsertion(change, into: domain, of: document).rewrite() }
        var rewriter = CPURewriter(cpu, of: domain, in: document, to: change)
        return rewriter.rewrite()
    }

    private init(_ cpu: CPU, of domain: Domain, in document: Document, to change: CPUChange) {
        self.document = document
        self.domain = domain
        self.change = change
        style = MarkupStyle(document)
        old = cpu
        new = cpu.parts
        kept = KeptChildren(of: cpu, in: domain, after: change)
    }

    private mutating func rewrite() -> CPURewrite {
        let children = kept.children(of: old)
        // If this element were removed, libvirt would read a second <cpu> instead.
        if change.mode == nil, children.isEmpty, isBlank, domain.ignoredCPUs.isEmpty {
            return CPURewrite(edits: [removal(of: old.element.span)], cpu: nil)
        }
        rewriteStartTag()
        keep(children)
        let added = NewChildren(
            for: change, in: domain, addingTo: &new, at: old.element.span, quote: style.quote(in: old, of: domain))
        layOut(children, added)
        return CPURewrite(edits: edits, cpu: CPU(new))
    }

    /// Whether the element contains only children and white space.
    private var isBlank: Bool {
        var place = old.element.startTag.end
        for child in old.children {
            guard style.isBlank(ByteRange(place, child.span.start)) else { return false }
            place = child.span.end
        }
        return old.element.isEmptyTag || style.isBlank(ByteRange(place, old.element.content.end))
    }

    // MARK: The start tag

    private mutating func rewriteStartTag() {
        new.mode = setKeyword(old.mode, to: change.mode)
        let match: CPU.Match? = change.mode == .custom ? .exact : nil
        new.match = setKeyword(old.match, to: match)
        new.check = setKeyword(old.check, to: nil)
        new.migratable = setKeyword(old.migratable, to: nil)
        if change.mode == nil { new.deprecatedFeatures = setKeyword(old.deprecatedFeatures, to: nil) }
        // If the first of two were removed, libvirt would read the second.
        for attribute in old.parts.shadowed { edits.append(Edit(style.attribute(around: attribute.span), "")) }
        new.shadowed = []
        let quote = style.quote(in: old, of: domain)
        var added = ""
        if old.mode == nil, let mode = change.mode { added = String(joining: [" mode=", quote, mode.rawValue, quote]) }
        if old.match == nil, match != nil { added = String(joining: [added, " match=", quote, "exact", quote]) }
        guard !added.isEmpty else { return }
        let anchor = old.mode.map { $0.text.span.end + document.encoding.unitWidth }
            ?? old.element.span.start + 4 * document.encoding.unitWidth
        edits.append(Edit(ByteRange(anchor, anchor), added))
    }

    /// Changes or removes an attribute that exists. The caller adds one that does not.
    private mutating func setKeyword<Value: RawRepresentable<String> & Equatable>(
        _ old: Keyword<Value>?, to value: Value?
    ) -> Keyword<Value>? {
        let place = self.old.element.span
        guard let old else { return value.map { domain.addingKeyword($0, at: place) } }
        guard let value else {
            edits.append(Edit(style.attribute(around: old.text.span), ""))
            return nil
        }
        if old.value == value { return old }
        edits.append(Edit(old.text.span, value.rawValue))
        return domain.addingKeyword(value, at: place)
    }

    // MARK: Children that stay

    private mutating func keep(_ children: [CPU.Child]) {
        new.children = children
        new.features = kept.features(of: old)
        new.caches = kept.caches(of: old)
        if !children.contains(where: { $0.kind == .vendor }) { new.vendor = nil }
        if children.contains(where: { $0.kind == .model }) {
            rewriteModel(old.model!)
        } else {
            new.model = nil
        }
    }

    /// Changes the name and the `fallback` of a model that stays. Its `vendor_id` stays.
    private mutating func rewriteModel(_ model: CPU.Model) {
        new.model!.fallback = setKeyword(model.fallback, to: change.fallback)
        if model.fallback == nil, let fallback = change.fallback {
            let anchor = model.name.element.span.start + 6 * document.encoding.unitWidth
            let quote = model.vendorID.flatMap { style.quote(before: $0.span) } ?? style.quote(in: old, of: domain)
            edits.append(Edit(ByteRange(anchor, anchor), " fallback=\(quote)\(fallback.rawValue)\(quote)"))
        }
        let name = change.model ?? ""
        guard !domain.is(model.name.text, name) else { return }
        let element = model.name.element
        new.model!.name.text = domain.adding(name, at: element.span)
        let width = document.encoding.unitWidth
        if name.isEmpty {
            edits.append(Edit(ByteRange(element.startTag.end - width, element.span.end), "/>"))
        } else if element.isEmptyTag {
            let end = ByteRange(element.startTag.end - 2 * width, element.span.end)
            edits.append(Edit(end, ">\(name.xmlEscaped)</model>"))
        } else {
            edits.append(Edit(element.content, name.xmlEscaped))
        }
    }

    // MARK: The layout

    /// Removes the children that do not stay and inserts the new ones.
    private mutating func layOut(_ children: [CPU.Child], _ added: NewChildren) {
        if children.isEmpty, isBlank { return replaceContent(added) }
        var place = old.element.startTag.end
        for (child, isKept) in zip(old.children, kept.flags) {
            if !isKept { edits.append(document.removing(child.span, after: place)) }
            place = child.span.end
        }
        insert(added, between: children)
    }

    /// Replaces the end of an element of which no child stays: from the `>` of its start tag to its end tag.
    private mutating func replaceContent(_ added: NewChildren) {
        let element = old.element
        let width = document.encoding.unitWidth
        if added.isEmpty {
            guard !element.isEmptyTag else { return }
            edits.append(Edit(ByteRange(element.startTag.end - width, element.span.end), "/>"))
        } else {
            let start = element.startTag.end - (element.isEmptyTag ? 2 : 1) * width
            edits.append(Edit(ByteRange(start, element.span.end), content(added.all)))
        }
    }

    private func content(_ lines: [String]) -> String {
        guard let outer = style.lineStart(before: old.element.span.start) else {
            return ">" + lines.joined() + "</cpu>"
        }
        let step = style.step(from: domain.element.span.start, to: old.element.span.start)
        return ">" + lines.map { outer + step + $0 }.joined() + outer + "</cpu>"
    }

    private mutating func insert(_ added: NewChildren, between children: [CPU.Child]) {
        let gap = old.children.first.flatMap { first in
            style.lineStart(in: ByteRange(old.element.startTag.end, first.span.start))
        } ?? ""
        let top = old.element.startTag.end
        if !added.first.isEmpty {
            edits.append(Edit(ByteRange(top, top), added.first.map { gap + $0 }.joined()))
        }
        guard !added.features.isEmpty else { return }
        let before: [CPU.Child.Kind] = [.model, .vendor, .topology, .cache, .maxphysaddr, .feature]
        let anchor = children.last { before.contains($0.kind) }?.span.end ?? top
        edits.append(Edit(ByteRange(anchor, anchor), added.features.map { gap + $0 }.joined()))
    }

    /// An edit that removes a whole `<cpu>` and the white space before it.
    private func removal(of span: ByteRange) -> Edit {
        var start = span.start
        let width = document.encoding.unitWidth
        while start - width >= document.span.start, isXMLSpace(document.unit(at: start - width)) {
            start -= width
        }
        return Edit(ByteRange(start, span.end), "")
    }
}
