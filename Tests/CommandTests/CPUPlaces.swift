import DomainXML

/// Where the `<cpu>` elements of a document's domains stand.
struct CPUPlaces {
    struct Place {
        /// Bytes of the element; `nil` where the domain has none.
        var cpu: Range<Int>?
        var isRunning: Bool
    }

    var places: [Place] = []

    init(_ bytes: [UInt8]) throws {
        let handler = Handler()
        let reader = DomainReader(handler: handler)
        try bytes.withUnsafeBytes { try reader.feed($0) }
        try reader.finish()
        places = handler.places
    }

    private final class Handler: DomainStreamHandler {
        var places: [Place] = []
        func passThrough(_ bytes: UnsafeRawBufferPointer) {}
        func document(_ document: Document) -> Bool {
            places += document.domains.map { Place(cpu: $0.cpu?.element.span.range, isRunning: $0.isRunning) }
            return true
        }
    }
}

/// Why two versions of a document differ outside the `<cpu>` of their domains; `nil` when they do not. One that came
/// or went may bring or take the white space on one side of it, and nothing else.
func differenceOutsideCPU(_ before: [UInt8], _ after: [UInt8]) throws -> String? {
    let old = try CPUPlaces(before).places, new = try CPUPlaces(after).places
    guard old.count == new.count else { return "\(old.count) domains became \(new.count)" }
    var a = before[...], b = after[...]
    for (index, (was, now)) in zip(old, new).enumerated() {
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
