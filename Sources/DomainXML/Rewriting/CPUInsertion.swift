/// Works out where and how a new `<cpu>` is inserted into a domain without one: where libvirt prints it, in the file's
/// own style.
struct CPUInsertion {
    private let document: Document
    private let domain: Domain
    private let style: MarkupStyle
    private let change: CPUChange

    init(_ change: CPUChange, into domain: Domain, of document: Document) {
        self.document = document
        self.domain = domain
        self.change = change
        style = MarkupStyle(document)
    }

    func rewrite() -> CPURewrite {
        guard let mode = change.mode, !domain.element.isEmptyTag else { return CPURewrite(edits: [], cpu: nil) }
        let valuePlace = domain.element.startTag
        var new = CPU.Parts(element: domain.element)
        new.element.span = valuePlace
        new.mode = domain.addingKeyword(mode, at: valuePlace)
        new.match = mode == .custom ? domain.addingKeyword(.exact, at: valuePlace) : nil
        let quote = style.quote(in: nil, of: domain)
        let children = NewChildren(for: change, in: domain, addingTo: &new, at: valuePlace, quote: quote)
        let (place, lineStart) = insertionPoint
        let markup = markup(mode, children, quote: quote, lineStart: lineStart)
        return CPURewrite(edits: [Edit(ByteRange(place, place), markup)], cpu: CPU(new))
    }

    /// The new element, with the line ending and indentation before it or after it.
    private func markup(_ mode: CPU.Mode, _ children: NewChildren, quote: String, lineStart: String?) -> String {
        let indentation = lineStart ?? ""
        let isAfter = domain.lastBeforeCPU != nil || domain.firstAfterCPU == nil
        let (before, after) = isAfter ? (indentation, "") : ("", indentation)
        let start = domain.facts.pointee.isInNamespace ? "<cpu xmlns='' mode=" : "<cpu mode="
        if mode != .custom, children.isEmpty {
            return String(joining: [before, start, quote, mode.rawValue, quote, "/>", after])
        }
        var parts = [before, start, quote, mode.rawValue, quote]
        if mode == .custom { parts += [" match=", quote, "exact", quote] }
        if children.isEmpty {
            parts.append("/>")
        } else {
            let step = lineStart == nil ? "" : style.step(from: domain.element.span.start, to: siblingStart)
            parts.append(">")
            for line in children.all { parts += [indentation, step, line] }
            parts += [indentation, "</cpu>"]
        }
        parts.append(after)
        return String(joining: parts)
    }

    /// The start of a child of the domain whose indentation the new element copies.
    private var siblingStart: Int {
        (domain.lastBeforeCPU ?? domain.firstAfterCPU ?? leadingSibling)?.start ?? domain.element.span.start
    }

    /// A child that libvirt prints before `<cpu>` in every definition. It is used if the domain has no child that
    /// libvirt prints closer to `<cpu>`.
    private var leadingSibling: ByteRange? {
        (domain.vcpu?.element ?? domain.uuid?.element ?? domain.name?.element)?.span
    }

    /// The offset of the new element, and the line ending and indentation of its sibling.
    private var insertionPoint: (place: Int, lineStart: String?) {
        if let before = domain.lastBeforeCPU {
            return (endOfLine(from: before.end), style.lineStart(before: before.start))
        }
        if let after = domain.firstAfterCPU {
            return (after.start, style.lineStart(before: after.start))
        }
        let last = leadingSibling
        return (last?.end ?? domain.element.startTag.end, last.flatMap { style.lineStart(before: $0.start) })
    }

    /// The place after comments that follow on the same line, because they describe the element before them.
    private func endOfLine(from end: Int) -> Int {
        var place = end
        for comment in domain.comments where comment.span.start >= place {
            let gap = ByteRange(place, comment.span.start)
            guard style.isBlank(gap), style.lineStart(in: gap) == nil else { break }
            place = comment.span.end
        }
        return place
    }
}
