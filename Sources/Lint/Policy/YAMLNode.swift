/// A value in a YAML document, with the place where it begins.
///
/// Only what a policy needs: no anchors, aliases, tags or further documents. Without aliases a document cannot
/// grow beyond its own bytes.
struct YAMLNode: Equatable, Sendable {
    /// The largest input that is read, in bytes. A policy for a thousand guests is a tenth of it.
    static let maximumSize = 1 << 20
    /// How many lists and mappings may stand inside one another. A policy needs five.
    static let maximumDepth = 32

    enum Value: Equatable, Sendable {
        /// `isPlain` is false for quoted and block text, which is never a boolean or null.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// In the order of the file; no key comes twice.
        case mapping([Pair])
    }

    struct Pair: Equatable, Sendable {
        var key: YAMLNode
        /// The key's text.
        var name: String
        var value: YAMLNode
    }

    var value: Value
    /// Counted from 1.
    var line: Int
    /// In Unicode scalars, counted from 1.
    var column: Int

    /// Nothing at all, or one of YAML's words for it.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What the node is, for a message: "a list".
    var kindName: String {
        switch value {
        case _ where isNull: "nothing"
        case .scalar: "a word"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// Reads one UTF-8 document, with or without a byte order mark. An empty one is an empty mapping.
    static func parse(_ bytes: [UInt8], file: String) throws(PolicyError) -> YAMLNode {
        guard bytes.count <= maximumSize else {
            throw PolicyError(
                file: file, line: 1, column: 1,
                message: "a policy of \(bytes.count) bytes is too long: \(maximumSize) is the most")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            let place = Place(ofByte: validPrefix(of: bytes), in: bytes)
            throw PolicyError(file: file, line: place.line, column: place.column, message: "not UTF-8")
        }
        return try bytes.withUnsafeBufferPointer { (buffer) throws(PolicyError) in
            var builder = YAMLTreeBuilder(events: try YAMLEvents(buffer, file: file))
            return try builder.document()
        }
    }

    /// How many bytes at the start are whole UTF-8 characters.
    private static func validPrefix(of bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var length = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            length += UTF8.width(scalar)
        }
        return length
    }
}

/// A line and a column, both counted from 1.
struct Place: Equatable {
    var line: Int
    var column: Int

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place of the byte at `offset`, for errors that come as byte offsets.
    init(ofByte offset: Int, in bytes: [UInt8]) {
        let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let before = String(decoding: bytes[min(isMarked ? 3 : 0, offset)..<offset], as: UTF8.self)
        (line, column) = (1, 1)
        var previous: Unicode.Scalar?
        for scalar in before.unicodeScalars {
            switch scalar {
            case "\n" where previous == "\r": break  // the second half of one line ending
            case "\n", "\r": (line, column) = (line + 1, 1)
            default: column += 1
            }
            previous = scalar
        }
    }
}

/// Builds the tree from the events.
private struct YAMLTreeBuilder: ~Copyable {
    let events: YAMLEvents

    init(events: consuming YAMLEvents) {
        self.events = events
    }

    mutating func document() throws(PolicyError) -> YAMLNode {
        var event = try events.next()  // the start of the stream
        event = try events.next()
        guard event.kind == .documentStart else { return emptyMapping(at: event.place) }
        let root = try node(from: try events.next(), depth: 0)
        _ = try events.next()  // the end of the document
        event = try events.next()
        guard event.kind == .streamEnd else {
            throw events.error(event.place, "a policy is one YAML document, and a second one starts here")
        }
        return root.isNull ? emptyMapping(at: Place(line: root.line, column: root.column)) : root
    }

    private func emptyMapping(at place: Place) -> YAMLNode {
        YAMLNode(value: .mapping([]), line: place.line, column: place.column)
    }

    private mutating func node(from event: YAMLEvents.Event, depth: Int) throws(PolicyError) -> YAMLNode {
        let value: YAMLNode.Value
        switch event.kind {
        case .scalar(let text, let isPlain):
            value = .scalar(text, isPlain: isPlain)
        case .sequenceStart, .mappingStart:
            guard depth < YAMLNode.maximumDepth else {
                throw events.error(event.place, "nested more than \(YAMLNode.maximumDepth) deep")
            }
            value =
                event.kind == .sequenceStart
                ? .sequence(try elements(depth: depth + 1)) : .mapping(try pairs(depth: depth + 1))
        default:
            throw events.error(event.place, "not valid YAML: a value is missing")
        }
        return YAMLNode(value: value, line: event.place.line, column: event.place.column)
    }

    private mutating func elements(depth: Int) throws(PolicyError) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try events.next()
            if event.kind == .sequenceEnd { return elements }
            elements.append(try node(from: event, depth: depth))
        }
    }

    private mutating func pairs(depth: Int) throws(PolicyError) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if event.kind == .mappingEnd { return pairs }
            let key = try node(from: event, depth: depth)
            guard case .scalar(let name, _) = key.value else {
                throw events.error(event.place, "a key must be a word, not \(key.kindName)")
            }
            if let earlier = lines.updateValue(event.place.line, forKey: name) {
                throw events.error(
                    event.place, "the key \(quoted(name)) comes twice: first in line \(earlier)")
            }
            pairs.append(.init(key: key, name: name, value: try node(from: try events.next(), depth: depth)))
        }
    }
}
