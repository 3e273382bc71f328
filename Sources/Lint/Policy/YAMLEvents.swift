internal import CLibYAML

/// libyaml's events, one after another, as Swift values. What a policy must not contain is refused here, before
/// anything is built from it.
struct YAMLEvents: ~Copyable {
    struct Event {
        var kind: Kind
        var place: Place
    }

    enum Kind: Equatable {
        case streamStart, streamEnd, documentStart, documentEnd
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case scalar(String, isPlain: Bool)
    }

    /// On the heap, for libyaml keeps a pointer to its parser in the parser.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeBufferPointer<UInt8>
    private let file: String

    /// `input` must outlive the events.
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

    /// The next event. After `streamEnd` there is none to ask for.
    func next() throws(PolicyError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let place = Place(event.start_mark)
        return Event(kind: try kind(of: event, at: place), place: place)
    }

    func error(_ place: Place, _ message: String, help: String? = nil) -> PolicyError {
        PolicyError(file: file, line: place.line, column: place.column, message: message, help: help)
    }

    private func kind(of event: yaml_event_t, at place: Place) throws(PolicyError) -> Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try refuse(anchor: start.anchor, tag: start.tag, at: place)
            return .sequenceStart
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try refuse(anchor: start.anchor, tag: start.tag, at: place)
            return .mappingStart
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, at: place)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_ALIAS_EVENT:
            let name = String(cString: event.data.alias.anchor)
            throw error(
                place, "\(quoted("*" + name)) is a YAML alias, which a policy cannot use", help: Self.quoteStars)
        default: return .streamEnd
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, at place: Place
    ) throws(PolicyError) {
        if let anchor {
            throw error(place, "\(quoted("&" + String(cString: anchor))) is a YAML anchor, which a policy cannot use")
        }
        if let tag {
            throw error(
                place, "\(quoted(String(cString: tag))) is a YAML tag, which a policy cannot use",
                help: "quote a value that starts with '!'")
        }
    }

    private static let quoteStars = "quote a pattern that starts with '*'"

    /// What libyaml says is wrong, where it says so, and the usual cause.
    private func syntaxError() -> PolicyError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        if state.error == YAML_READER_ERROR {
            // Byte offsets only: nothing has been scanned yet.
            return error(Place(ofByte: min(state.problem_offset, input.count), in: Array(input)), problem)
        }
        let context = state.context.map { String(cString: $0) }
        let help: String? =
            switch (context, scalar(at: state.problem_mark)) {
            case ("while scanning an alias", _): Self.quoteStars
            case (_, "\t"): "YAML is indented with spaces"
            case ("while scanning for the next token", "@"), ("while scanning for the next token", "`"),
                ("while scanning for the next token", "%"):
                "quote a value that starts with this character"
            default: nil
            }
        return error(
            place(of: state), "not valid YAML: \(problem)" + (context.map { " \($0)" } ?? ""), help: help)
    }

    /// Where the problem is; or, when that is that the text ends, where what has no end began.
    private func place(of state: yaml_parser_t) -> Place {
        if scalar(at: state.problem_mark) != nil { return Place(state.problem_mark) }
        if state.context != nil, scalar(at: state.context_mark) != nil { return Place(state.context_mark) }
        return Place(ofByte: input.count, in: Array(input))
    }

    private func scalar(at mark: yaml_mark_t) -> Unicode.Scalar? {
        var scalars = String(decoding: input, as: UTF8.self).unicodeScalars[...]
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        return scalars.dropFirst(mark.index).first
    }
}

extension Place {
    /// libyaml counts both from 0, columns in characters.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}
