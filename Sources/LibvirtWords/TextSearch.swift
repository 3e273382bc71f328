import Glibc

/// Searches that compare bytes. The standard library's own compare characters, so that a letter does not match the same
/// letter with an accent behind it, and they bring the engine for regular expressions into the executable (1.3 MB on
/// 2026-12-01).
extension Collection<UInt8> {
    /// The first place that holds these bytes. An empty word stands at the start.
    package func firstOccurrence(of word: some Collection<UInt8>) -> Range<Index>? {
        guard let first = word.first else { return startIndex..<startIndex }
        let word = Array(word)
        // A comment can be as long as the input, so the C library searches where the bytes are in one piece.
        if let found = withContiguousStorageIfAvailable({ offset(of: word, in: $0) }) {
            guard let found else { return nil }
            let start = index(startIndex, offsetBy: found)
            return start..<index(start, offsetBy: word.count)
        }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: word) { return start..<rest.index(start, offsetBy: word.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}

/// - Parameter word: not empty.
private func offset(of word: [UInt8], in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var offset = 0
    while offset + word.count <= bytes.count {
        guard let found = memchr(base + offset, Int32(word[0]), bytes.count - word.count + 1 - offset) else { return nil }
        offset = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        if memcmp(found, word, word.count) == 0 { return offset }
        offset += 1
    }
    return nil
}

extension StringProtocol {
    /// The first place that holds the bytes of this word. An empty word stands at the start.
    package func firstOccurrence(of word: some StringProtocol) -> Range<Index>? { utf8.firstOccurrence(of: word.utf8) }

    /// The places that hold the bytes of this word, from the start; none overlaps the one before.
    ///
    /// - Parameter word: not empty.
    package func occurrences(of word: some StringProtocol) -> [Range<Index>] {
        precondition(!word.isEmpty)
        var places: [Range<Index>] = [], rest = self[...]
        while let place = rest.utf8.firstOccurrence(of: word.utf8) {
            places.append(place)
            rest = rest[place.upperBound...]
        }
        return places
    }

    /// Whether the bytes of this word stand anywhere in the text.
    package func includes(_ word: some StringProtocol) -> Bool { firstOccurrence(of: word) != nil }

    /// What stands before, between and behind the separators, empty parts included.
    ///
    /// - Parameter separator: not empty.
    /// - Parameter most: the last part contains the other separators.
    package func parts(separatedBy separator: some StringProtocol, most: Int = .max) -> [SubSequence] {
        var parts: [SubSequence] = [], start = startIndex
        for place in occurrences(of: separator).prefix(most - 1) {
            parts.append(self[start..<place.lowerBound])
            start = place.upperBound
        }
        return parts + [self[start...]]
    }

    /// The text with another in each place of a word.
    ///
    /// - Parameter word: not empty.
    package func replacingEach(_ word: some StringProtocol, with other: String) -> String {
        let parts = parts(separatedBy: word)
        return parts.count == 1 ? String(self) : parts.joined(separator: other)
    }
}
