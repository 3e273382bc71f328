import DomainXML

/// The content of an input with fixes. A definition can have 64 MiB, so its bytes are not copied for each fix: what no fix
/// has changed are slices of the original.
struct EditedContent {
    private(set) var pieces: [ArraySlice<UInt8>]

    init(_ bytes: [UInt8]) { pieces = [bytes[...]] }

    /// Puts bytes in place of others. Traps when edits overlap or are not inside the content.
    ///
    /// - Parameter edits: in the order of their places.
    mutating func apply(_ edits: [(span: ByteRange, bytes: [UInt8])]) {
        var result: [ArraySlice<UInt8>] = []
        var rest = pieces.makeIterator(), piece = rest.next() ?? [], place = 0
        func pass(to end: Int, isKept: Bool) {
            precondition(end >= place, "overlapping edits")
            while place < end {
                precondition(!piece.isEmpty, "an edit beyond the end")
                let part = piece.prefix(end - place)
                if isKept { result.append(part) }
                piece = piece.dropFirst(part.count)
                place += part.count
                if piece.isEmpty { piece = rest.next() ?? [] }
            }
        }
        for (span, bytes) in edits {
            pass(to: span.start, isKept: true)
            pass(to: span.end, isKept: false)
            if !bytes.isEmpty { result.append(bytes[...]) }
        }
        pieces = result + [piece] + rest
    }

    /// All bytes, in an array of their own.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
        for piece in pieces { bytes += piece }
        return bytes
    }
}
