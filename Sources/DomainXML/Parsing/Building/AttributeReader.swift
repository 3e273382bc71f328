internal import CLibXML2
import Glibc

/// Reads the attributes of one start tag into a domain's storage.
struct AttributeReader {
    let list: AttributeList
    /// The `<` of the tag, in libxml2's buffer.
    let tag: UnsafePointer<UInt8>
    /// The start of libxml2's buffer.
    let base: UnsafePointer<UInt8>
    /// The end of libxml2's buffer.
    let end: UnsafePointer<UInt8>
    let positions: UnsafeMutablePointer<PositionMap>
    let context: xmlParserCtxtPtr

    /// The input offset of a place in libxml2's buffer.
    @inline(__always)
    func offset(_ place: UnsafePointer<UInt8>) -> Int { positions.pointee.offset(place, context) }

    /// The value of an attribute as libvirt's `virXMLPropString` finds it: the first one with this local name, whether it
    /// has a prefix or not; nil when absent.
    func text(_ name: InternedName, in storage: inout TextStorage) -> DecodedText? {
        guard let values = list.values else { return nil }
        for index in 0..<list.count where values[5 * index] == name && hasPlainName(index) {
            return text(at: index, in: &storage)
        }
        return nil
    }

    /// The value of an attribute as an XPath `@name` finds it: the one without a prefix; nil when absent.
    func unprefixedText(_ name: InternedName, in storage: inout TextStorage) -> DecodedText? {
        guard let values = list.values else { return nil }
        for index in 0..<list.count where values[5 * index] == name && values[5 * index + 1] == nil {
            return text(at: index, in: &storage)
        }
        return nil
    }

    /// Whether the first attribute with this local name has just this value.
    func value(_ name: InternedName, is literal: StaticString) -> Bool {
        guard let values = list.values else { return false }
        for index in 0..<list.count where values[5 * index] == name && hasPlainName(index) {
            let start = values[5 * index + 3]!
            return equal(UnsafeBufferPointer(start: start, count: values[5 * index + 4]! - start), literal)
        }
        return false
    }

    /// Whether an attribute has a prefix.
    var hasPrefix: Bool {
        guard let values = list.values else { return false }
        return (0..<list.count).contains { values[5 * $0 + 1] != nil }
    }

    /// The attributes that `text` does not find because an earlier one has the same local name.
    func shadowed(_ names: [InternedName], in storage: inout TextStorage) -> [DecodedText] {
        guard let values = list.values else { return [] }
        var seen: [InternedName] = []
        var result: [DecodedText] = []
        for index in 0..<list.count where hasPlainName(index) {
            guard let name = values[5 * index], names.contains(name) else { continue }
            if seen.contains(name) { result.append(text(at: index, in: &storage)) } else { seen.append(name) }
        }
        return result
    }

    /// Whether the attribute's name in libxml2's tree is its local name. A prefix that is not declared is part of the
    /// name there.
    @inline(__always)
    private func hasPlainName(_ index: Int) -> Bool {
        list.values![5 * index + 1] == nil || list.values![5 * index + 2] != nil
    }

    private func text(at index: Int, in storage: inout TextStorage) -> DecodedText {
        let start = list.values![5 * index + 3]!, stop = list.values![5 * index + 4]!
        let value = UnsafeBufferPointer(start: start, count: stop - start)
        let mark = storage.count
        if start >= base && stop <= end {
            storage.append(value)
            return storage.text(since: mark, at: ByteRange(offset(start), offset(stop)))
        }
        appendCopied(value, to: &storage)
        return storage.text(since: mark, at: place(ofAttribute: index))
    }

    /// Appends a value that is not in the parser's buffer. libxml2 copies a value that contains references, and leaves
    /// a reference to `&` as `&#38;` for a tree builder to decode. A value cannot contain an unescaped `&`, so each
    /// `&#38;` is such a reference.
    private func appendCopied(_ value: UnsafeBufferPointer<UInt8>, to storage: inout TextStorage) {
        var index = 0
        while index < value.count {
            storage.append(UnsafeBufferPointer(rebasing: value[index...index]))
            index += value[index] == 0x26 && index + 5 <= value.count ? 5 : 1
        }
    }

    /// The place of an attribute's value as written. The tag is searched for it; libxml2 has found the tag to be
    /// well-formed.
    private func place(ofAttribute index: Int) -> ByteRange {
        let name = list.values![5 * index]!
        let length = strlen(name)
        // The name as written begins with the prefix and a colon.
        let prefix = list.values![5 * index + 1]
        let prefixLength = prefix.map { strlen($0) + 1 } ?? 0
        var place = tag + 1
        while place < end, !isXMLSpace(place.pointee) { place += 1 }
        while place < end, place.pointee != 0x3e {
            while place < end, isXMLSpace(place.pointee) { place += 1 }
            let nameStart = place
            while place < end, place.pointee != 0x3d, !isXMLSpace(place.pointee) { place += 1 }
            let isWanted = place - nameStart == prefixLength + length
                && memcmp(nameStart + prefixLength, name, length) == 0
                && (prefix == nil || memcmp(nameStart, prefix!, prefixLength - 1) == 0)
            while place < end, place.pointee != 0x22, place.pointee != 0x27 { place += 1 }
            let quote = place.pointee
            place += 1
            let valueStart = place
            while place < end, place.pointee != quote { place += 1 }
            if isWanted { return ByteRange(offset(valueStart), offset(place)) }
            place += 1
        }
        return ByteRange(offset(tag), offset(tag))
    }
}
