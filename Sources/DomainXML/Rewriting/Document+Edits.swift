internal import XMLTree

// MARK: Applying edits

extension Document {
    /// Writes the document with edits applied. All bytes outside the edits are the input's own.
    ///
    /// Traps when edits overlap or are not inside the document. Call this only while the document is valid.
    ///
    /// - Parameters:
    ///   - edits: in any order. Insertions at the same place keep their order.
    ///   - sink: receives the document in pieces. Each is valid only inside the call.
    /// - Throws: what `sink` throws. The pieces before that have been written.
    public func write(applying edits: [Edit], to sink: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        var place = span.start
        let sorted = inOrder(edits)
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

    /// Edits in the order of their places, each with its replacement in the document's encoding.
    public func encoded(_ edits: [Edit]) -> [(span: ByteRange, bytes: [UInt8])] {
        inOrder(edits).map { ($0.span, encoding.encode($0.replacement)) }
    }

    private func inOrder(_ edits: [Edit]) -> [Edit] {
        // Swift's sort is stable. At the same offset, an insertion comes before a removal.
        let isSorted = edits.indices.dropFirst().allSatisfy { edits[$0 - 1].span.start < edits[$0].span.start }
        return isSorted ? edits : edits.sorted {
            $0.span.start != $1.span.start
                ? $0.span.start < $1.span.start : $0.span.count == 0 && $1.span.count > 0
        }
    }

    /// The document with edits applied, in its own encoding. Traps as ``write(applying:to:)`` does.
    public func applying(_ edits: [Edit]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(span.count)
        write(applying: edits) { result.append(contentsOf: $0) }
        return result
    }
}

// MARK: Making edits

extension Document {
    /// An edit that removes an element. If there is only white space between `previous` and the element, the edit
    /// removes that too.
    ///
    /// - Parameters:
    ///   - element: the place of the element, including its tags.
    ///   - previous: the offset of the end of what is before the element.
    public func removing(_ element: ByteRange, after previous: Int) -> Edit {
        let gap = ByteRange(previous, element.start)
        return Edit(MarkupStyle(self).isBlank(gap) ? ByteRange(previous, element.end) : element, "")
    }

    /// An edit that adds an attribute to an element, as the first in its start tag.
    ///
    /// - Parameters:
    ///   - attribute: the name of the attribute.
    ///   - value: the attribute's value, not escaped.
    ///   - element: the element that gets the attribute.
    ///   - name: the element's name as written, with its prefix.
    ///   - other: an attribute value whose quotation marks the new one copies.
    public func adding(
        _ attribute: String, _ value: String, to element: Element, named name: String, quotedLike other: DecodedText?
    ) -> Edit {
        let place = element.span.start + (1 + name.utf8.count) * encoding.unitWidth
        let quote = other.flatMap { MarkupStyle(self).quote(before: $0.span) } ?? "'"
        return Edit(ByteRange(place, place), " \(attribute)=\(quote)\(value.xmlEscaped)\(quote)")
    }
}
