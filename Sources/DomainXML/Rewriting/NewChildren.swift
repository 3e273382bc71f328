internal import XMLTree

/// The children that a ``CPUChange`` adds to a `<cpu>`, as markup.
struct NewChildren {
    /// `<model>` and `<vendor>`, which come before all children that stay.
    private(set) var first: [String] = []
    /// Features, which come where libvirt prints them.
    private(set) var features: [String] = []

    var isEmpty: Bool { first.isEmpty && features.isEmpty }
    var all: [String] { first + features }

    /// Makes the markup of what `cpu` does not have yet.
    ///
    /// - Parameters:
    ///   - domain: stores the new values.
    ///   - cpu: the children that stay. The new ones are added to it, with `place` as their place.
    ///   - quote: the quotation mark of attributes.
    init(
        for change: CPUChange, in domain: Domain, addingTo cpu: inout CPU.Parts, at place: ByteRange, quote: String
    ) {
        if change.mode == .custom, let name = change.model, cpu.model == nil {
            let fallback = change.fallback.map { " fallback=\(quote)\($0.rawValue)\(quote)" } ?? ""
            first.append("<model\(fallback)>\(name.xmlEscaped)</model>")
            cpu.model = CPU.Model(
                name: Self.textElement(name, in: domain, at: place),
                fallback: change.fallback.map { domain.addingKeyword($0, at: place) })
        }
        if let vendor = change.vendor, cpu.vendor == nil {
            first.append("<vendor>\(vendor.xmlEscaped)</vendor>")
            cpu.vendor = Self.textElement(vendor, in: domain, at: place)
        }
        var kept = cpu.features.map { ($0.name!, $0.effectivePolicy) }
        for feature in change.features {
            if let index = kept.firstIndex(where: { domain.is($0.0, feature.name) && $0.1 == feature.policy }) {
                kept.remove(at: index)
                continue
            }
            let (policy, name) = (feature.policy.rawValue, feature.name.xmlEscaped)
            features.append("<feature policy=\(quote)\(policy)\(quote) name=\(quote)\(name)\(quote)/>")
            let element = Element(
                span: place, startTag: place, isEmptyTag: true, content: ByteRange(place.end, place.end))
            cpu.features.append(
                CPU.Feature(
                    element: element, name: domain.adding(feature.name, at: place),
                    policy: domain.addingKeyword(feature.policy, at: place)))
        }
    }

    private static func textElement(_ text: String, in domain: Domain, at place: ByteRange) -> TextElement {
        TextElement(
            element: Element(span: place, startTag: place, isEmptyTag: false, content: place),
            text: domain.adding(text, at: place))
    }
}
