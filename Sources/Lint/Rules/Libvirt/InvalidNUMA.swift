import DomainXML

extension Rule {
    static let invalidNUMA = Rule(
        id: "invalid-numa",
        severity: .error,
        tags: [.libvirt],
        needs: .cpu,
        summary: "libvirt refuses the NUMA cells of <cpu>",
        explanation: """
            `<numa>` divides the guest's vCPUs and memory into cells. libvirt refuses a definition if the ids of the cells \
            are not 0, 1, 2 … without a gap, if a cell has no memory or a unit that libvirt does not know, if two cells \
            have the same vCPU, if a cell has a vCPU that the guest does not have, or if a distance is not that of \
            another cell, from 11 to 255, or 10 for the cell itself. A vCPU may be in no cell, and a cell may have no vCPU.

            Notes are about what plain `virsh define` accepts and `virsh define --validate` refuses. libvirt 9.0, 11.3 and \
            12.9 agree on all of this. The caches of cells and `<interconnects>` are not checked.
            """,
        examples: [
            .bad(
                "more vCPUs than the guest has", finds: "the NUMA cells have 8 vCPUs, but <vcpu> says 4",
                .guest(
                    vcpu: "<vcpu>4</vcpu>",
                    cpu: """
                        <cpu mode='host-model'>
                          <numa>
                            <cell id='0' cpus='0-3' memory='1048576'/>
                            <cell id='1' cpus='↓4-7' memory='1048576'/>
                          </numa>
                        </cpu>
                        """)),
            .bad(
                "a vCPU in two cells", finds: "vCPU 2 is in NUMA cells 0 and 1",
                .guest(
                    vcpu: "<vcpu>4</vcpu>",
                    cpu: """
                        <cpu mode='host-model'>
                          <numa>
                            <cell id='0' cpus='0-2' memory='1048576'/>
                            <cell id='1' cpus='↓2-3' memory='1048576'/>
                          </numa>
                        </cpu>
                        """)),
            .bad(
                "a gap in the ids", finds: "NUMA cell id 2 is too large: the ids of 2 cells must be 0 to 1",
                .guest(
                    vcpu: "<vcpu>4</vcpu>",
                    cpu: """
                        <cpu mode='host-model'>
                          <numa>
                            <cell id='0' cpus='0-1' memory='1048576'/>
                            <cell id='↓2' cpus='2-3' memory='1048576'/>
                          </numa>
                        </cpu>
                        """)),
            .bad(
                "a unit that libvirt does not know",
                finds: "libvirt does not know the unit 'XiB' of a cell's memory",
                .guest(
                    vcpu: "<vcpu>4</vcpu>",
                    cpu: "<cpu mode='host-model'><numa><cell cpus='0-3' memory='2' unit='↓XiB'/></numa></cpu>")),
            .bad(
                "too small a distance", finds: "the distance from NUMA cell 0 to cell 1 must be 11 to 255, not 5",
                .guest(
                    vcpu: "<vcpu>4</vcpu>",
                    cpu: """
                        <cpu mode='host-model'>
                          <numa>
                            <cell id='0' cpus='0-1' memory='1048576'>
                              <distances><sibling id='1' value='↓5'/></distances>
                            </cell>
                            <cell id='1' cpus='2-3' memory='1048576'/>
                          </numa>
                        </cpu>
                        """)),
            .good(
                "some vCPUs are in no cell, and a cell has none",
                .guest(
                    vcpu: "<vcpu>4</vcpu>",
                    cpu: """
                        <cpu mode='host-model'>
                          <numa>
                            <cell cpus='0-1' memory='1' unit='GiB'/>
                            <cell memory='1048576'/>
                          </numa>
                        </cpu>
                        """)),
        ],
        check: { inspection in
            guard let numa = inspection.cpu?.numa else { return }
            if numa.cells.isEmpty {
                return inspection.report(
                    at: numa.element.startTag, "<numa> has no <cell>", help: "add a cell, or remove <numa>")
            }
            let check = NUMACheck(inspection, numa)
            check.checkIDs()
            check.checkMemory()
            check.checkWords()
            check.checkCPUs()
            check.checkDistances()
        })
}

/// One guest's NUMA cells, and what libvirt says about them (numa_conf.c, `virDomainNumaDefParseXML`; tried with
/// libvirt 9.0, 11.3 and 12.9).
private struct NUMACheck {
    let inspection: Inspection
    let numa: CPU.NUMA
    /// The ids of the cells, in document order; nil for one that is not a number.
    let ids: [Int?]

    init(_ inspection: Inspection, _ numa: CPU.NUMA) {
        self.inspection = inspection
        self.numa = numa
        ids = numa.cells.enumerated().map { index, cell in
            cell.id.map { wholeNumber(inspection.domain[$0]) } ?? index
        }
    }

    private func value(_ text: DecodedText) -> String { inspection.domain[text] }

    private func reportGrammar(_ span: ByteRange, _ words: String) {
        inspection.report(at: span, as: .note, "\(words): virsh define --validate refuses this, but plain virsh define accepts it")
    }

    /// Whether the text is a number without a sign or, unless `allowsSpace`, white space before it.
    private func isPlain(_ text: DecodedText, allowsSpace: Bool = false) -> Bool {
        inspection.domain.withUTF8(text) { bytes in
            bytes.first { !allowsSpace || $0 != 0x20 }.map { $0 >= 0x30 && $0 <= 0x39 } ?? true
        }
    }

    func checkIDs() {
        // The memory of the last cell that has an id.
        var seen: [Int: DecodedText?] = [:]
        for (cell, id) in zip(numa.cells, ids) {
            guard let id else {
                inspection.report(at: cell.id!.span, "the NUMA cell id \(quoted(value(cell.id!))) is not a number")
                continue
            }
            let place = cell.id?.span ?? cell.element.startTag
            if id >= numa.cells.count {
                inspection.report(
                    at: place, "NUMA cell id \(id) is too large: the ids of \(numa.cells.count) "
                        + (numa.cells.count == 1 ? "cell must be 0" : "cells must be 0 to \(numa.cells.count - 1)"),
                    help: "number the cells from 0 without a gap, or remove the ids")
                continue
            }
            let earlier = seen.updateValue(cell.memory, forKey: id)
            // libvirt recognises a cell that it has read by its memory.
            if let earlier, earlier.map({ wholeNumber(value($0)) != 0 }) ?? true {
                inspection.report(
                    at: place,
                    cell.id == nil
                        ? "this NUMA cell has no id and is at position \(id), but another cell has the id \(id)"
                        : "two NUMA cells have the id \(id)",
                    help: "number the cells from 0 without a gap, or remove the ids")
            } else if let text = cell.id, !isPlain(text) {
                reportGrammar(text.span, "id=\(quoted(value(text)))")
            }
        }
    }

    // MARK: Memory

    /// The units that libvirt knows, in lower case, with their number of bytes (virutil.c, `virScaleInteger`).
    private static let units: [String: UInt64] = {
        var units: [String: UInt64] = ["b": 1, "byte": 1, "bytes": 1]
        for (power, letter) in ["k", "m", "g", "t", "p", "e"].enumerated() {
            var binary: UInt64 = 1, decimal: UInt64 = 1
            for _ in 0...power { (binary, decimal) = (binary << 10, decimal * 1000) }
            (units[letter], units[letter + "ib"], units[letter + "b"]) = (binary, binary, decimal)
        }
        return units
    }()

    func checkMemory() {
        for cell in numa.cells {
            guard let memory = cell.memory, !memory.isEmpty else {
                inspection.report(
                    at: cell.element.startTag, "<cell> has no attribute 'memory'",
                    help: "add the size of the cell's memory in KiB, or in the unit that 'unit' names")
                continue
            }
            var scale: UInt64? = 1024
            if let unit = cell.unit {
                if unit.isEmpty {
                    reportGrammar(unit.span, "an empty unit")
                } else {
                    scale = Self.units[value(unit).lowercased()]
                    if scale == nil {
                        inspection.report(
                            at: unit.span, "libvirt does not know the unit \(quoted(value(unit))) of a cell's memory",
                            help: "use b, KiB, MiB, GiB, TiB, or KB, MB, GB, TB for powers of 1000")
                    }
                }
            }
            checkSize(memory, scale)
        }
    }

    private func checkSize(_ memory: DecodedText, _ scale: UInt64?) {
        let text = value(memory)
        var digits = text.drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
        if digits.first == "+" { digits = digits.dropFirst() }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let size = UInt64(digits) else {
            return inspection.report(at: memory.span, "the memory \(quoted(text)) of a NUMA cell is not a number")
        }
        // libvirt stores the size in KiB, and wants the number of bytes to fit in 63 bits.
        if let scale {
            let (bytes, overflow) = size.multipliedReportingOverflow(by: scale)
            if overflow || bytes > UInt64(Int64.max) {
                return inspection.report(at: memory.span, "the memory \(quoted(text)) of a NUMA cell is too large")
            }
        }
        if !isPlain(memory, allowsSpace: true) { reportGrammar(memory.span, "memory=\(quoted(text))") }
    }

    // MARK: Words

    func checkWords() {
        for cell in numa.cells {
            check(cell.memAccess, "memAccess", CPU.MemoryAccess.self)
            check(cell.discard, "discard", CPU.YesNo.self)
        }
    }

    private func check<Value: RawRepresentable<String> & CaseIterable>(
        _ word: Keyword<Value>?, _ name: String, _: Value.Type
    ) {
        guard let word, word.value == nil else { return }
        let words = Value.allCases.map(\.rawValue)
        inspection.report(
            at: word.text.span,
            "\(name)=\(quoted(value(word.text))) is not a value that libvirt accepts"
                + didYouMean(nearest(value(word.text), among: words)),
            help: "use \(words.joined(separator: " or "))")
    }

    // MARK: vCPUs

    func checkCPUs() {
        let domain = inspection.domain
        var cells: [(id: Int, text: DecodedText, count: Int, max: Int)] = []
        // The numbers of all cells before, and the cell of each.
        var taken = CPUSet()
        var owners: [Int: Int] = [:]
        for (cell, id) in zip(numa.cells, ids) {
            guard let text = cell.cpus else { continue }
            guard let set = CPUSet(value(text)) else {
                inspection.report(
                    at: text.span, "\(quoted(value(text))) is not a list of vCPUs",
                    help: "write numbers and ranges from 0 to \(CPUSet.largest), separated by commas: 0-3,8,^2")
                continue
            }
            if !set.isInGrammar { reportGrammar(text.span, "cpus=\(quoted(value(text)))") }
            guard let id else { continue }
            if let shared = set.firstShared(with: taken) {
                inspection.report(
                    at: text.span, "vCPU \(shared) is in NUMA cells \(owners[shared]!) and \(id)",
                    help: "a vCPU can be in one cell only")
                continue
            }
            cells.append((id, text, set.count, set.max ?? 0))
            taken.formUnion(set)
            for number in 0...(set.max ?? -1) + 1 where set.contains(number) { owners[number] = id }
        }
        guard let vcpus = domain.vcpu.map({ wholeNumber(domain[$0.text]) }) ?? 1, let last = cells.last,
            inspection.guest.isManaged || domain.vcpu != nil
        else { return }
        let said = domain.vcpu == nil ? "without <vcpu> the guest has 1" : "<vcpu> says \(vcpus)"
        let count = cells.reduce(0) { $0 + $1.count }
        if vcpus == 0, let text = domain.vcpu?.text {
            return inspection.report(
                at: text.span, "<vcpu> says 0, but a guest has at least one vCPU, and the NUMA cells have \(count)",
                help: "write the number of vCPUs into <vcpu>")
        }
        if count > vcpus {
            inspection.report(
                at: last.text.span, "the NUMA cells have \(count) vCPUs, but \(said)",
                help: "the vCPUs of the cells must be among 0 to \(vcpus - 1)")
        } else if let cell = cells.first(where: { $0.max >= vcpus }) {
            inspection.report(
                at: cell.text.span, "NUMA cell \(cell.id) has vCPU \(cell.max), but \(said)",
                help: "vCPUs are counted from 0: the last one is \(vcpus - 1)")
        }
    }

    // MARK: Distances

    func checkDistances() {
        for (cell, id) in zip(numa.cells, ids) {
            guard let distances = cell.distances, let id else { continue }
            if distances.siblings.isEmpty {
                inspection.report(at: distances.element.startTag, "<distances> has no <sibling>")
            }
            for sibling in distances.siblings { check(sibling, of: id) }
        }
    }

    private func check(_ sibling: CPU.NUMA.Sibling, of id: Int) {
        guard let idText = sibling.id else {
            return inspection.report(at: sibling.element.span, "<sibling> has no attribute 'id'")
        }
        guard let other = wholeNumber(value(idText)) else {
            return inspection.report(at: idText.span, "the sibling id \(quoted(value(idText))) is not a number")
        }
        guard other < numa.cells.count else {
            return inspection.report(at: idText.span, "<sibling> names NUMA cell \(other), which does not exist")
        }
        guard let text = sibling.value else {
            return inspection.report(at: sibling.element.span, "<sibling> has no attribute 'value'")
        }
        guard let distance = wholeNumber(value(text)) else {
            return inspection.report(at: text.span, "the distance \(quoted(value(text))) is not a number")
        }
        if other == id {
            if distance != 10 {
                inspection.report(
                    at: text.span, "the distance from NUMA cell \(id) to itself must be 10, not \(distance)")
            }
        } else if !(11...255).contains(distance) {
            inspection.report(
                at: text.span, "the distance from NUMA cell \(id) to cell \(other) must be 11 to 255, not \(distance)",
                help: "10 is the distance of a cell to itself, 20 is usual for other cells, and 255 means unreachable")
        } else if !isPlain(text, allowsSpace: true) || !isPlain(idText, allowsSpace: true) {
            reportGrammar(text.span, "value=\(quoted(value(text)))")
        }
    }
}
