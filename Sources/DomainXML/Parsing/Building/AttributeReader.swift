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

    /// The value of an attribute without a namespace; nil when absent. libvirt reads attributes the same way, with
    /// `xmlGetProp`.
    func text(_ name: InternedName, in storage: inout TextStorage) -> DecodedText? {
        guard let values = list.values else { return nil }
        for index in 0..<list.count where values[5 * index] == name && values[5 * index + 1] == nil {
            let start = values[5 * index + 3]!, stop = values[5 * index + 4]!
            let value = UnsafeBufferPointer(start: start, count: stop - start)
            let mark = storage.count
            if start >= base && stop <= end {
                storage.append(value)
                return storage.text(since: mark, at: ByteRange(offset(start), offset(stop)))
            }
            appendCopied(value, to: &storage)
            return storage.text(since: mark, at: place(of: name))
        }
        return nil
    }

    /// Whether an attribute without a namespace has just this value.
    func value(_ name: InternedName, is literal: StaticString) -> Bool {
        guard let values = list.values else { return false }
        for index in 0..<list.count where values[5 * index] == name && values[5 * index + 1] == nil {
            let start = values[5 * index + 3]!
            return equal(UnsafeBufferPointer(start: start, count: values[5 * index + 4]! - start), literal)
        }
        return false
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
    private func place(of name: InternedName) -> ByteRange {
        let length = strlen(name)
        var place = tag + 1
        while place < end, !isXMLSpace(place.pointee) { place += 1 }
        while place < end, place.pointee != 0x3e {
            while place < end, isXMLSpace(place.pointee) { place += 1 }
            let nameStart = place
            while place < end, place.pointee != 0x3d, !isXMLSpace(place.pointee) { place += 1 }
            let isWanted = place - nameStart == length && memcmp(nameStart, name, length) == 0
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
