import DomainXML
import LibvirtWords
import Lint

/// A document whose root is the `<cpu>` of a guest, such as virsh hypervisor-cpu-baseline prints. It is put into a `<domain>`
/// of a KVM guest, and judged as its CPU. An empty `<vcpu>` leaves the number of vCPUs open, so that no rule compares the
/// topology and the NUMA cells with it.
struct LoneCPU {
    /// The document with a `<domain>` around the `<cpu>`. It begins a line of its own, behind as many blanks as there were
    /// characters before it, so that only the numbers of lines differ.
    private(set) var bytes: [UInt8]
    private let root: Int
    private let inserted: Int

    /// Nil for another root, and for the `<cpu>` of a host, which has an `<arch>`.
    init?(_ document: [UInt8]) {
        guard StrangeInput.rootName(of: document) == "cpu", !Self.isHosts(document), let root = StrangeInput.rootStart(of: document)
        else { return nil }
        self.root = root
        let line = document[..<root].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let opening = Array("<domain type='kvm'><vcpu/>\n".utf8)
        // A tab stays one, and a character of several bytes becomes one space, so that columns stay.
        let indent = document[line..<root].filter { $0 & 0xc0 != 0x80 }.map { $0 == UInt8(ascii: "\t") ? $0 : UInt8(ascii: " ") }
        inserted = opening.count + indent.count
        bytes = document[..<root] + opening + indent + document[root...] + Array("</domain>".utf8)
    }

    /// A child `<arch>` makes a `<cpu>` that of a host.
    private static func isHosts(_ document: [UInt8]) -> Bool {
        var rest = document[...]
        while let tag = rest.firstOccurrence(of: "<".utf8) {
            rest = rest[tag.upperBound...]
            if rest.starts(with: Array("!--".utf8)) {
                guard let end = rest.firstOccurrence(of: "-->".utf8) else { return false }
                rest = rest[end.upperBound...]
            } else if rest.starts(with: Array("arch".utf8)), let next = rest.dropFirst(4).first, " \t\r\n>/".utf8.contains(next) {
                return true
            }
        }
        return false
    }

    /// The finding with the places that it has in the document. Nothing is fixed there.
    func placed(_ finding: Finding) -> Finding {
        var finding = finding
        finding.start.line -= 1
        finding.end.line -= 1
        finding.span = ByteRange(finding.span.start - inserted, finding.span.end - inserted)
        finding.edits = []
        return finding
    }
}
