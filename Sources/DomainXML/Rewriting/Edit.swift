/// A replacement of bytes, as data: rules and targets make edits, only the writer applies them.
public struct Edit: Sendable, Equatable {
    /// What goes; empty for an insertion.
    public var span: ByteRange
    /// What comes, as markup: already escaped, not yet encoded.
    public var replacement: String

    /// Nothing is checked here: writing traps on edits that overlap or start outside the document.
    public init(_ span: ByteRange, _ replacement: String) {
        self.span = span
        self.replacement = replacement
    }
}

extension Document {
    /// Writes the document with the edits made, in pieces: the input's own bytes between them.
    ///
    /// Traps on edits that overlap or start outside the document. Valid inside the handler only; what `sink` gets,
    /// inside its call only.
    ///
    /// - Parameter edits: in any order, none overlapping another; insertions at one place keep their order.
    /// - Throws: what `sink` throws; what it was given before is written by then.
    public func write(applying edits: [Edit], to sink: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        var place = span.start
        // Swift's sort is stable; at one offset an insertion comes before a removal that starts there.
        let isSorted = edits.indices.dropFirst().allSatisfy { edits[$0 - 1].span.start < edits[$0].span.start }
        let sorted = isSorted ? edits : edits.sorted {
            $0.span.start != $1.span.start
                ? $0.span.start < $1.span.start : $0.span.count == 0 && $1.span.count > 0
        }
        let isUTF8 = encoding == .utf8
        for index in sorted.indices {
            let part = sorted[index].span
            precondition(part.start >= place, "overlapping edits")
            if part.start > place { try sink(bytes(ByteRange(place, part.start))) }
            place = part.end
            if sorted[index].replacement.isEmpty { continue }
            if isUTF8 {
                var text = sorted[index].replacement
                try text.withUTF8 { try sink(UnsafeRawBufferPointer($0)) }
            } else {
                try encoding.encode(sorted[index].replacement).withUnsafeBytes { try sink($0) }
            }
        }
        if place < span.end { try sink(bytes(ByteRange(place, span.end))) }
    }

    /// The document with the edits made, in its own encoding. Traps as `write(applying:to:)` does.
    public func applying(_ edits: [Edit]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(span.count)
        write(applying: edits) { result.append(contentsOf: $0) }
        return result
    }
}

/// Text as it must stand in content or between either kind of quote.
public func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "'": result += "&apos;"
        case "\"": result += "&quot;"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

extension Document {
    /// An edit that removes an element, and the white space before it where there is nothing else.
    ///
    /// - Parameter previous: where what stands before it ends.
    public func removing(_ element: ByteRange, after previous: Int) -> Edit {
        let gap = ByteRange(previous, element.start)
        return Edit(MarkupStyle(self).isBlank(gap) ? ByteRange(previous, element.end) : element, "")
    }

    /// An edit that gives an element another attribute, first in its start tag.
    ///
    /// - Parameter other: an attribute value whose quotes it copies.
    public func adding(
        _ attribute: String, _ value: String, to element: Element, named name: String, quotedLike other: Text?
    ) -> Edit {
        let place = element.span.start + (1 + name.utf8.count) * encoding.unitWidth
        let quote = other.flatMap { MarkupStyle(self).quote(before: $0.span) } ?? "'"
        return Edit(ByteRange(place, place), " \(attribute)=\(quote)\(escaped(value))\(quote)")
    }
}
