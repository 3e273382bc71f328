internal import CLibXML2
import Glibc

/// Reads the attributes of one start tag into a domain's storage.
struct AttributeReader {
    let list: AttributeList
    /// The tag's `<` in libxml2's buffer, from `base` to `end`.
    let tag: UnsafePointer<UInt8>
    let base: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    let positions: UnsafeMutablePointer<PositionMap>
    let context: xmlParserCtxtPtr

    @inline(__always)
    func offset(_ place: UnsafePointer<UInt8>) -> Int { positions.pointee.offset(place, context) }

    /// The attribute of that interned name, without a namespace, as libvirt's `xmlGetProp`-based readers take it.
    func text(_ name: Vocabulary.Name, in storage: inout TextStorage) -> Text? {
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
            return storage.text(since: mark, at: written(name))
        }
        return nil
    }

    /// A value with references in it was copied by libxml2, which then leaves `&` as `&#38;` for a tree builder
    /// to decode. A raw `&` cannot stand in a value, so every `&#38;` is one.
    private func appendCopied(_ value: UnsafeBufferPointer<UInt8>, to storage: inout TextStorage) {
        var index = 0
        while index < value.count {
            storage.append(UnsafeBufferPointer(rebasing: value[index...index]))
            index += value[index] == 0x26 && index + 5 <= value.count ? 5 : 1
        }
    }

    /// The value's place as written, found by walking the tag: libxml2 knows it to be well-formed.
    private func written(_ name: Vocabulary.Name) -> ByteRange {
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
