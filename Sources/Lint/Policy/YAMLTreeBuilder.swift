extension YAMLNode {
    /// Reads a UTF-8 document, with or without a byte order mark. An empty document is an empty mapping.
    static func parse(_ bytes: [UInt8], file: String) throws(PolicyError) -> YAMLNode {
        guard bytes.count <= maximumSize else {
            throw PolicyError(
                file: file, line: 1, column: 1,
                message: "the policy is too large: \(bytes.count) bytes (the limit is \(maximumSize))")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            let position = TextPosition(ofByte: validPrefix(of: bytes), in: bytes)
            throw PolicyError(file: file, line: position.line, column: position.column, message: "not valid UTF-8")
        }
        return try bytes.withUnsafeBufferPointer { (buffer) throws(PolicyError) in
            var builder = YAMLTreeBuilder(events: try YAMLEvents(buffer, file: file))
            return try builder.document()
        }
    }

    /// The number of bytes before the first one that is not valid UTF-8.
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

/// Builds the tree of a document from libyaml's events.
private struct YAMLTreeBuilder: ~Copyable {
    let events: YAMLEvents

    init(events: consuming YAMLEvents) {
        self.events = events
    }

    mutating func document() throws(PolicyError) -> YAMLNode {
        var event = try events.next()  // the start of the stream
        event = try events.next()
        guard event.kind == .documentStart else { return emptyMapping(at: event.position) }
        let root = try node(from: try events.next(), depth: 0)
        _ = try events.next()  // the end of the document
        event = try events.next()
        guard event.kind == .streamEnd else {
            throw events.error(event.position, "a policy must be one YAML document, but a second one starts here")
        }
        return root.isNull ? emptyMapping(at: TextPosition(line: root.line, column: root.column)) : root
    }

    private func emptyMapping(at position: TextPosition) -> YAMLNode {
        YAMLNode(value: .mapping([]), line: position.line, column: position.column)
    }

    private mutating func node(from event: YAMLEvents.Event, depth: Int) throws(PolicyError) -> YAMLNode {
        let value: YAMLNode.Value
        switch event.kind {
        case .scalar(let text, let isPlain):
            value = .scalar(text, isPlain: isPlain)
        case .sequenceStart, .mappingStart:
            guard depth < YAMLNode.maximumDepth else {
                throw events.error(event.position, "lists and mappings are nested more than \(YAMLNode.maximumDepth) levels deep")
            }
            value =
                event.kind == .sequenceStart
                ? .sequence(try elements(depth: depth + 1)) : .mapping(try pairs(depth: depth + 1))
        default:
            throw events.error(event.position, "not valid YAML: a value is missing")
        }
        return YAMLNode(value: value, line: event.position.line, column: event.position.column)
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
                throw events.error(event.position, "a key must be a word, not \(key.kindName)")
            }
            if let earlier = lines.updateValue(event.position.line, forKey: name) {
                throw events.error(
                    event.position, "duplicate key \(quoted(name)) (first in line \(earlier))")
            }
            pairs.append(.init(key: key, name: name, value: try node(from: try events.next(), depth: depth)))
        }
    }
}
