/// A slow scanner that does not use libxml2, to check the reader's places. It finds the tags, comments, CDATA sections and
/// processing instructions of a well-formed UTF-8 document.
struct NaiveScanner {
    let bytes: [UInt8]
    private(set) var elements: [NaiveElement] = []
    private(set) var comments: [Range<Int>] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        scan()
    }

    private mutating func scan() {
        var open: [Int] = []
        var place = 0
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else { place += 1; continue }
            if matches("<!--", place) {
                let end = find("-->", place + 4) + 3
                comments.append(place..<end)
                place = end
            } else if matches("<![CDATA[", place) {
                place = find("]]>", place) + 3
            } else if matches("<?", place) {
                place = find("?>", place) + 2
            } else if matches("<!", place) {
                place = find(">", place) + 1
            } else if matches("</", place) {
                let end = find(">", place) + 1
                let element = open.removeLast()
                elements[element].contentEnd = place
                elements[element].end = end
                place = end
            } else {
                place = tag(place, &open)
            }
        }
    }

    private mutating func tag(_ start: Int, _ open: inout [Int]) -> Int {
        var place = start + 1
        while !" \t\r\n/>".utf8.contains(bytes[place]) { place += 1 }
        let name = String(decoding: bytes[start + 1..<place], as: UTF8.self)
        var attributes: [String: Range<Int>] = [:]
        while true {
            while " \t\r\n".utf8.contains(bytes[place]) { place += 1 }
            if bytes[place] == UInt8(ascii: "/") || bytes[place] == UInt8(ascii: ">") { break }
            let nameStart = place
            while !"= \t\r\n".utf8.contains(bytes[place]) { place += 1 }
            let attribute = String(decoding: bytes[nameStart..<place], as: UTF8.self)
            while !"'\"".utf8.contains(bytes[place]) { place += 1 }
            let quote = bytes[place]
            let valueStart = place + 1
            place = valueStart
            while bytes[place] != quote { place += 1 }
            attributes[attribute] = valueStart..<place
            place += 1
        }
        let isEmpty = bytes[place] == UInt8(ascii: "/")
        let end = place + (isEmpty ? 2 : 1)
        let parent = open.last.map { elements[$0].path } ?? ""
        elements.append(
            NaiveElement(
                path: parent + "/" + name, start: start, startTagEnd: end, contentEnd: end, end: end,
                attributes: attributes))
        if !isEmpty { open.append(elements.count - 1) }
        return end
    }

    private func matches(_ text: StaticString, _ place: Int) -> Bool {
        guard place + text.utf8CodeUnitCount <= bytes.count else { return false }
        return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
    }

    private func find(_ text: StaticString, _ from: Int) -> Int {
        var place = from
        while !matches(text, place) { place += 1 }
        return place
    }
}
