import DomainXML
import TestSupport
import Testing

/// Compares the places of a domain with those that the scanner found, and returns the number of comparisons.
@discardableResult
func comparePlaces(_ domain: Domain, _ naive: NaiveScanner, _ file: Corpus.File) -> Int {
    var checked = 0
    let own = naive.elements.filter { $0.start >= domain.element.span.start && $0.end <= domain.element.span.end }
    let prefix = own[0].path
    func compare(_ element: Element?, _ path: String, _ index: Int = 0) {
        let candidates = own.filter { $0.path == prefix + path }
        let found = index < candidates.count ? candidates[index] : nil
        checked += 1
        guard let found, let element else {
            #expect((found == nil) == (element == nil), "\(file): \(path)")
            return
        }
        #expect(element.span == ByteRange(found.start, found.end), "\(file): \(path)")
        #expect(element.startTag == ByteRange(found.start, found.startTagEnd), "\(file): \(path)")
        #expect(element.content == ByteRange(found.startTagEnd, found.contentEnd), "\(file): \(path)")
    }
    func compare(_ text: DecodedText?, _ path: String, _ attribute: String, _ index: Int = 0) {
        let candidates = own.filter { $0.path == prefix + path }
        let found = index < candidates.count ? candidates[index].attributes[attribute] : nil
        checked += 1
        #expect(text?.span == found.map { ByteRange($0.lowerBound, $0.upperBound) }, "\(file): \(path)@\(attribute)")
        if let text, let found, !file.bytes[found].contains(UInt8(ascii: "&")) {
            #expect(domain[text] == String(decoding: file.bytes[found], as: UTF8.self))
        }
    }
    compare(domain.element, "")
    compare(domain.type, "", "type")
    compare(domain.id, "", "id")
    compare(domain.name?.element, "/name")
    compare(domain.uuid?.element, "/uuid")
    compare(domain.vcpu?.element, "/vcpu")
    compare(domain.vcpuCurrent, "/vcpu", "current")
    compare(domain.osType?.element, "/os/type")
    compare(domain.arch, "/os/type", "arch")
    compare(domain.machine, "/os/type", "machine")
    compare(domain.emulator?.element, "/devices/emulator")
    compare(domain.hyperv, "/features/hyperv")
    compare(domain.clock, "/clock")
    compare(domain.clockOffset, "/clock", "offset")
    for index in domain.timers.indices {
        compare(domain.timers[index].element, "/clock/timer", index)
        compare(domain.timers[index].name, "/clock/timer", "name", index)
    }
    let cpu = domain.cpu
    compare(cpu?.element, "/cpu")
    compare(cpu?.mode?.text, "/cpu", "mode")
    compare(cpu?.match?.text, "/cpu", "match")
    compare(cpu?.check?.text, "/cpu", "check")
    compare(cpu?.migratable?.text, "/cpu", "migratable")
    compare(cpu?.model?.name.element, "/cpu/model")
    compare(cpu?.model?.fallback?.text, "/cpu/model", "fallback")
    compare(cpu?.vendor?.element, "/cpu/vendor")
    compare(cpu?.topology?.element, "/cpu/topology")
    compare(cpu?.topology?.cores, "/cpu/topology", "cores")
    compare(cpu?.numa?.element, "/cpu/numa")
    for (index, cell) in (cpu?.numa?.cells ?? []).enumerated() {
        compare(cell.element, "/cpu/numa/cell", index)
        compare(cell.id, "/cpu/numa/cell", "id", index)
        compare(cell.cpus, "/cpu/numa/cell", "cpus", index)
        compare(cell.memory, "/cpu/numa/cell", "memory", index)
        compare(cell.unit, "/cpu/numa/cell", "unit", index)
        compare(cell.memAccess?.text, "/cpu/numa/cell", "memAccess", index)
        compare(cell.discard?.text, "/cpu/numa/cell", "discard", index)
    }
    let siblings = (cpu?.numa?.cells ?? []).flatMap { $0.distances?.siblings ?? [] }
    for (index, sibling) in siblings.enumerated() {
        compare(sibling.element, "/cpu/numa/cell/distances/sibling", index)
        compare(sibling.id, "/cpu/numa/cell/distances/sibling", "id", index)
        compare(sibling.value, "/cpu/numa/cell/distances/sibling", "value", index)
    }
    let cells = own.filter { $0.path == prefix + "/cpu/numa/cell" }
    #expect(cells.count == cpu?.numa?.cells.count ?? 0, "\(file)")
    compare(cpu?.maxPhysAddr?.element, "/cpu/maxphysaddr")
    for index in cpu?.features.indices ?? 0..<0 {
        compare(cpu?.features[index].element, "/cpu/feature", index)
        compare(cpu?.features[index].name, "/cpu/feature", "name", index)
        compare(cpu?.features[index].policy?.text, "/cpu/feature", "policy", index)
    }
    #expect(own.filter { $0.path == prefix + "/cpu/feature" }.count == cpu?.features.count ?? 0, "\(file)")
    let commentsInside = naive.comments.filter {
        $0.lowerBound > domain.element.span.start && $0.upperBound < domain.element.span.end
    }
    #expect(domain.comments.map(\.span.range) == commentsInside, "\(file)")
    return checked
}
