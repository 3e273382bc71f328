import DomainXML
import TestSupport

/// A definition, and where the `<cpu>` elements of its domains stand.
struct PlacedDefinition: Sendable {
    struct Place {
        /// The bytes of the element; nil where the domain has none.
        var cpu: Range<Int>?
        var isRunning: Bool
    }

    let bytes: [UInt8]
    let places: [Place]

    init(_ bytes: [UInt8]) throws {
        var places: [Place] = []
        try readDocuments(bytes) { document in
            places += document.domains.map { Place(cpu: $0.cpu?.element.span.range, isRunning: $0.isRunning) }
        }
        self.bytes = bytes
        self.places = places
    }

    /// The difference of another version of the definition outside the `<cpu>` of their domains; nil if there is none.
    /// An element that came or went may bring or take the white space on one side of it, and nothing else.
    func differenceOutsideCPU(_ other: PlacedDefinition) -> String? {
        guard places.count == other.places.count else { return "\(places.count) domains became \(other.places.count)" }
        var a = bytes[...], b = other.bytes[...]
        for (index, (was, now)) in zip(places, other.places).enumerated() {
            guard was.isRunning == now.isRunning else { return "domain \(index) is no longer what it was" }
            switch (was.cpu, now.cpu) {
            case (nil, nil): continue
            case (let was?, let now?):
                guard a[..<was.lowerBound] == b[..<now.lowerBound] else { return "before the <cpu> of domain \(index)" }
                a = a[was.upperBound...]
                b = b[now.upperBound...]
            case (let was?, nil):
                guard remove(was, from: &a, missingIn: &b) else { return "where the <cpu> of domain \(index) went" }
            case (nil, let now?):
                guard remove(now, from: &b, missingIn: &a) else { return "where the <cpu> of domain \(index) came" }
            }
        }
        return a == b ? nil : "behind the last <cpu>"
    }
}

/// Goes past an element, and past the same place in the bytes that do not have it.
private func remove(_ cpu: Range<Int>, from bytes: inout ArraySlice<UInt8>, missingIn other: inout ArraySlice<UInt8>) -> Bool {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
    let spaceBefore = bytes[..<cpu.lowerBound].reversed().prefix(while: isSpace).count
    let head = bytes[..<(cpu.lowerBound - spaceBefore)]
    guard other.starts(with: head) else { return false }
    let space = other.dropFirst(head.count).prefix(while: isSpace)
    let behind = bytes[cpu.upperBound...].prefix(while: isSpace)
    guard space == behind || space == bytes[(cpu.lowerBound - spaceBefore)..<cpu.lowerBound] else { return false }
    bytes = bytes[behind.endIndex...]
    other = other[space.endIndex...]
    return true
}
