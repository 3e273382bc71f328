internal import CLibXML2
import Glibc

/// Reads the attributes of one start tag into a domain's storage.
struct AttributeReader {
    let list: AttributeList
    /// The tag's `<` in libxml2's buffer.
    let tag: UnsafePointer<UInt8>
    let session: ParseSession

    /// The attribute of that interned name, without a namespace, as libvirt's `xmlGetProp`-based readers take it.
    func text(_ name: Vocabulary.Name, in domain: Domain) -> Text? {
        guard let values = list.values else { return nil }
        for index in 0..<list.count where values[5 * index] == name && values[5 * index + 1] == nil {
            let start = values[5 * index + 3]!, end = values[5 * index + 4]!
            let buffer = session.buffer
            let isInBuffer = start >= buffer.base && end <= buffer.end
            let mark = domain.storage.count
            append(UnsafeBufferPointer(start: start, count: end - start), to: domain, wasCopied: !isInBuffer)
            let span = isInBuffer
                ? Span(session.offset(start), session.offset(end)) : written(name, at: index, end: buffer.end)
            return Text(span: span, start: Int32(mark), count: Int32(domain.storage.count - mark))
        }
        return nil
    }

    /// A value with references in it was copied by libxml2, which then leaves `&` as `&#38;` for a tree builder
    /// to decode. A raw `&` cannot stand in a value, so every `&#38;` is one.
    private func append(_ value: UnsafeBufferPointer<UInt8>, to domain: Domain, wasCopied: Bool) {
        guard wasCopied else {
            domain.storage.append(contentsOf: value)
            return
        }
        var index = 0
        while index < value.count {
            domain.storage.append(value[index])
            index += value[index] == 0x26 && index + 5 <= value.count ? 5 : 1
        }
    }

    /// The value's place as written, found by walking the tag: libxml2 knows it to be well-formed.
    private func written(_ name: Vocabulary.Name, at index: Int, end: UnsafePointer<UInt8>) -> Span {
        let length = strlen(name)
        var place = tag + 1
        while place < end, !isSpace(place.pointee) { place += 1 }
        while place < end, place.pointee != 0x3e {
            while place < end, isSpace(place.pointee) { place += 1 }
            let nameStart = place
            while place < end, place.pointee != 0x3d, !isSpace(place.pointee) { place += 1 }
            let isWanted = place - nameStart == length && memcmp(nameStart, name, length) == 0
            while place < end, place.pointee != 0x22, place.pointee != 0x27 { place += 1 }
            let quote = place.pointee
            place += 1
            let valueStart = place
            while place < end, place.pointee != quote { place += 1 }
            if isWanted { return Span(session.offset(valueStart), session.offset(place)) }
            place += 1
        }
        return Span(session.offset(tag), session.offset(tag))
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }
}
