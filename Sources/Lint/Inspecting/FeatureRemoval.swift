import DomainXML

extension Inspection {
    /// The edit that removes a feature of the guest's CPU, with its line.
    func removal(of feature: CPU.Feature) -> [Edit] {
        guard let cpu, let index = cpu.children.firstIndex(where: { $0.span == feature.element.span }) else {
            return []
        }
        let before = index == 0 ? cpu.element.startTag.end : cpu.children[index - 1].span.end
        return [guest.document.removing(feature.element.span, after: before)]
    }
}
