internal import CLibYAML

/// The events of libyaml's parser as Swift values. Anchors, aliases and tags are refused here, before a tree is built.
struct YAMLEvents: ~Copyable {
    struct Event {
        var kind: Kind
        var position: TextPosition
    }

    enum Kind: Equatable {
        case streamStart, streamEnd, documentStart, documentEnd
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case scalar(String, isPlain: Bool)
    }

    /// Allocated on the heap, because the parser contains a pointer to itself and must not be moved.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeBufferPointer<UInt8>
    private let file: String

    /// - Parameter input: must stay valid as long as this value exists.
    init(_ input: UnsafeBufferPointer<UInt8>, file: String) throws(PolicyError) {
        self.input = input
        self.file = file
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw PolicyError(file: file, line: 1, column: 1, message: "out of memory")
        }
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event. Must not be called after `streamEnd`.
    func next() throws(PolicyError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let position = TextPosition(event.start_mark)
        return Event(kind: try kind(of: event, at: position), position: position)
    }

    func error(_ position: TextPosition, _ message: String, help: String? = nil) -> PolicyError {
        PolicyError(file: file, line: position.line, column: position.column, message: message, help: help)
    }

    private func kind(of event: yaml_event_t, at position: TextPosition) throws(PolicyError) -> Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try refuse(anchor: start.anchor, tag: start.tag, at: position)
            return .sequenceStart
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try refuse(anchor: start.anchor, tag: start.tag, at: position)
            return .mappingStart
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, at: position)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_ALIAS_EVENT:
            let name = String(cString: event.data.alias.anchor)
            throw error(
                position, "\(quoted("*" + name)) is a YAML alias, which a policy cannot use", help: Self.quoteStars)
        default: return .streamEnd
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, at position: TextPosition
    ) throws(PolicyError) {
        if let anchor {
            throw error(position, "\(quoted("&" + String(cString: anchor))) is a YAML anchor, which a policy cannot use")
        }
        if let tag {
            throw error(
                position, "\(quoted(String(cString: tag))) is a YAML tag, which a policy cannot use",
                help: "quote a value that starts with '!'")
        }
    }

    private static let quoteStars = "quote a pattern that starts with '*'"

    /// libyaml's error message and its position, with the usual cause as help.
    private func syntaxError() -> PolicyError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        if state.error == YAML_READER_ERROR {
            // The error was found before scanning, so libyaml knows only its byte offset.
            return error(TextPosition(ofByte: min(state.problem_offset, input.count), in: Array(input)), problem)
        }
        let context = state.context.map { String(cString: $0) }
        let help: String? =
            switch (context, scalar(at: state.problem_mark)) {
            case ("while scanning an alias", _): Self.quoteStars
            case (_, "\t"): "indent YAML with spaces, not with tabs"
            case ("while scanning for the next token", "@"), ("while scanning for the next token", "`"),
                ("while scanning for the next token", "%"):
                "quote a value that starts with this character"
            default: nil
            }
        return error(
            position(of: state), "not valid YAML: \(problem)" + (context.map { " \($0)" } ?? ""), help: help)
    }

    /// The position of the problem. If the problem is that the text ends too early, the position where the unfinished
    /// construct begins.
    private func position(of state: yaml_parser_t) -> TextPosition {
        if scalar(at: state.problem_mark) != nil { return TextPosition(state.problem_mark) }
        if state.context != nil, scalar(at: state.context_mark) != nil { return TextPosition(state.context_mark) }
        return TextPosition(ofByte: input.count, in: Array(input))
    }

    private func scalar(at mark: yaml_mark_t) -> Unicode.Scalar? {
        var scalars = String(decoding: input, as: UTF8.self).unicodeScalars[...]
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        return scalars.dropFirst(mark.index).first
    }
}

extension TextPosition {
    /// libyaml counts lines and columns from 0, and columns in characters.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}
