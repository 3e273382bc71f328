import DomainXML
import Lint
import Oracle
import TestSupport

/// One input through `filter`, and what the oracle says to it.
struct Trial {
    let input: [UInt8]
    let filtered: Filtered
    /// What became of it, to be counted.
    private(set) var kind = ""
    /// What is wrong; nil for nothing.
    private(set) var failure: String?

    private struct Wrong: Error { var words: String }

    /// - Parameter choice: of what is not done with every input: any number.
    init(_ input: [UInt8], _ configuration: Configuration, _ judge: Judge, choice: Int) {
        self.input = input
        filtered = Filtered(input, judge, refuses: configuration.refuses)
        do {
            try compareVerdicts(Stream(input))
            try findingsAreInside()
            if filtered.error == nil { try isIdempotent(judge, configuration) }
            if choice % 4 == 0 { try isTheSameInPieces(judge, configuration, seed: choice) }
        } catch {
            failure = (error as? Wrong)?.words ?? "\(error)"
        }
    }

    private func require(_ holds: Bool, _ words: @autoclosure () -> String) throws {
        if !holds { throw Wrong(words: words()) }
    }

    // MARK: What is read

    private mutating func compareVerdicts(_ stream: Stream) throws {
        let behind = try comparedParts(stream)
        guard let error = filtered.error else {
            switch stream.end {
            case .fault(let place, _) where Stream.isMark(input[place...]): break
            case .fault(let place, let message): throw Wrong(words: "accepted, but the tree says at \(place): \(message)")
            case .nothing: throw Wrong(words: "accepted, but there is no document")
            case .clean: break
            }
            try require(!stream.documents.contains { Refusals.areDue($0.extent) }, "accepted, though it is to be refused")
            let expected = stream.documents.reduce(0) { $0 + $1.parts.count }
            try require(filtered.parts.count == expected, "\(filtered.parts.count) parts were judged, not \(expected)")
            try require(behind.input == input.count && behind.output == filtered.output.count, "the end is missing")
            let changed = filtered.parts.contains { $0.isWritten && input[$0.input] != filtered.output[$0.output] }
            let dropped = filtered.parts.contains { !$0.isWritten }
            let runs = stream.documents.contains { $0.domains.contains { $0.is_running != 0 } }
            kind = (dropped ? "well-formed, held back for an error" : changed ? "well-formed, rewritten" : "well-formed, as it was")
                + (runs ? ", of a running domain" : "")
            return
        }
        try failedInside(stream, behind, error)
        let refused = stream.documents.first { Refusals.areDue($0.extent) }
        switch (refused, stream.end, error.kind) {
        case (let document?, _, .refused):
            try require(Refusals.isTrue(error.message, of: document.extent), "\(error.position): \(error.message): it is not so")
            kind = "refused on purpose: \(Self.general(error.message))"
        // What the push parser says where the input was cut inside such an instruction.
        case (let document?, _, .malformed) where document.extent.has_instruction_in_type != 0:
            kind = "refused for an instruction in its document type, in libxml2's words"
        case (.some, _, _): throw Wrong(words: "\(error.position): \(error.message): it is to be refused for something else")
        case (nil, .fault, .refused):
            // The tree may find a document well-formed that is refused, and the fault behind it.
            let extents = stream.documents.filter { $0.range.upperBound > behind.input }.map(\.extent) + [stream.faulty.extent]
            try require(extents.contains { Refusals.isTrue(error.message, of: $0) }, "\(error.position): \(error.message): it is not so")
            kind = "refused on purpose: \(Self.general(error.message))"
        case (nil, .fault, .malformed): kind = "malformed, for the tree too"
        case (nil, .nothing, .noDocument): kind = "no document"
        case (nil, .fault(let place, let message), _): throw Wrong(words: "\(error.message), but the tree says at \(place): \(message)")
        case (nil, .nothing, .malformed) where Stream.isMark(input[...]): kind = "a byte order mark and no document"
        case (nil, .nothing, _): throw Wrong(words: "\(error.position): \(error.message): but there is no document")
        // An encoding that nobody here has an opinion of.
        case (nil, .clean, .refused) where stream.documents.contains { $0.range.upperBound > behind.input && Refusals.isTrue(error.message, of: $0.extent) }:
            kind = "refused on purpose: \(Self.general(error.message))"
        case (nil, .clean, _): throw Wrong(words: "\(error.position): \(error.message): but the tree is well-formed")
        }
        if case .fault = stream.end, error.kind == .refused { kind += ", malformed too" }
    }

    /// The message without its quotations.
    private static func general(_ message: String) -> String {
        message.hasPrefix("the encoding ") ? "an encoding that is not supported" : message
    }

    // MARK: What is written

    /// Goes through input and output side by side. Every part is where the oracle sees one, and what lies between is
    /// the same to the byte, but for the blanks behind a document that was held back.
    ///
    /// - Returns: what was compared of both.
    private func comparedParts(_ stream: Stream) throws -> (input: Int, output: Int) {
        let expected = stream.documents.flatMap { document in document.parts.map { (part: $0, document: document) } }
        var a = 0, b = 0
        var blanksMayGo = false
        for (index, part) in filtered.parts.enumerated() {
            try compareGap(a..<part.input.lowerBound, b..<part.output.lowerBound, blanksMayGo)
            if index < expected.count {
                try require(part.input == expected[index].part, "part \(index) is \(part.input), not \(expected[index].part)")
                try compare(part, expected[index].document)
                blanksMayGo = !part.isWritten && expected[index].document.read.kind != ORACLE_LIST
            } else {
                try compareAlone(part, stream)
                blanksMayGo = false
            }
            a = part.input.upperBound
            b = part.output.upperBound
        }
        let rest = filtered.output.count - b
        if blanksMayGo {
            // How many of them went, the output does not say where it ends early.
            let behind = a
            if filtered.error == nil {
                a = max(a, input.count - rest)
            } else {
                while a < input.count, !Array(input[a..<min(a + rest, input.count)]).elementsEqual(filtered.output[b...]) { a += 1 }
            }
            try require(input[behind..<a].allSatisfy { [0, 9, 10, 13, 32].contains($0) }, "more than blanks went")
        }
        let end = a + rest
        try require(end <= input.count && input[a..<end] == filtered.output[b...], "the rest is not the input's")
        return (end, filtered.output.count)
    }

    /// A domain of a list that is broken behind it.
    private func compareAlone(_ part: Filtered.Part, _ stream: Stream) throws {
        let (units, extent, continued) = stream.faulty
        let encoding = units == ORACLE_LITTLE ? "UTF-16LE" : units == ORACLE_BIG ? "UTF-16BE" : extent.encodingName
        try encoding.withCString { name in
            let name = encoding.isEmpty ? continued : name
            var read = oracle_document()
            let isRead = Array(input[part.input]).withUnsafeBytes { bytes in
                oracle_read(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, units, name, &read)
            }
            try require(isRead == 1, "a domain of a list was taken that is not well-formed: \(read.words)")
            try compare(part, Stream.Document(part.input, from: part.input.lowerBound, units, extent, read, continued: name))
        }
    }

    private func compareGap(_ a: Range<Int>, _ b: Range<Int>, _ blanksMayGo: Bool) throws {
        var gap = input[a]
        if blanksMayGo {
            while gap.count > b.count, [0, 9, 10, 13, 32].contains(gap.first!) { gap = gap.dropFirst() }
        }
        try require(gap == filtered.output[b], "what lies before the part at \(a.upperBound) changed")
    }

    private func compare(_ part: Filtered.Part, _ document: Stream.Document) throws {
        if document.units == ORACLE_BYTES, let difference = part.reading?.difference(input[document.origin..<document.range.upperBound]) {
            throw Wrong(words: difference)
        }
        guard part.isWritten else { return }
        if input[part.input] == filtered.output[part.output] { return }
        if let difference = Comparison(input, part.input, filtered.output[part.output], document).difference() { throw Wrong(words: difference) }
    }

    /// Checks that nothing of the failing document is written, unless it is handed on as it comes, as a list is, and
    /// what is no definition at all. Of a list, whole domains are written.
    private func failedInside(_ stream: Stream, _ compared: (input: Int, output: Int), _ error: MalformedInput) throws {
        let refused = stream.documents.firstIndex { Refusals.areDue($0.extent) }
        let before = stream.documents[..<(refused ?? stream.documents.firstIndex { isUnknown($0, error) } ?? stream.documents.count)]
        try require((before.last?.range.upperBound ?? 0) <= compared.input, "what lies before the fault was not handed on")
        let expected = before.reduce(0) { $0 + $1.parts.count }
        try require(filtered.parts.count >= expected, "\(filtered.parts.count) parts before the fault were judged, not \(expected)")
        let start: Int
        let units: oracle_units
        if before.count < stream.documents.count {
            start = stream.documents[before.count].range.lowerBound
            units = stream.documents[before.count].units
        } else if case .fault(let place, _) = stream.end {
            start = place
            units = stream.faulty.units
        } else {
            start = compared.input
            units = ORACLE_BYTES
        }
        guard compared.input > start else { return }
        let written = filtered.parts.filter { $0.input.lowerBound >= start }
        guard let tag = Self.rootTag(input[start...]) else { throw Wrong(words: "written before its root was there") }
        let root = Self.name(of: tag)
        if root != "domains" {
            try require(written.isEmpty && !["domain", "domstatus", "domainsnapshot"].contains(root), "a part of a <\(root)> was written")
            return
        }
        // Its domains are written one by one, each whole.
        let added = written.reduce(0) { $0 + $1.output.count - $1.input.count }
        let part = Array(filtered.output.suffix(compared.input - start + added))
        let open = part.withUnsafeBytes { oracle_scan($0.bindMemory(to: CChar.self).baseAddress, $0.count, units).open_child }
        // An element without a prefix is in the list's default namespace.
        guard open > 0, !tag.contains("xmlns="), let child = Self.rootTag(part[open...]) else { return }
        try require(Self.name(of: child) != "domain", "a list was left inside a domain")
    }

    /// A document of which the oracle cannot tell that it must be refused, for its encoding or for what libvirt reads of it.
    private func isUnknown(_ document: Stream.Document, _ error: MalformedInput) -> Bool {
        error.kind == .refused && (Refusals.isUnknown(document.extent.encodingName) || Refusals.isOfReading(error.message))
            && Refusals.isTrue(error.message, of: document.extent)
    }

    /// The first start tag, without its `>`.
    private static func rootTag(_ bytes: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: bytes.prefix(1 << 20).filter { $0 != 0 }, as: UTF8.self)
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...]
            let skips = [("<!--", "-->"), ("<?", "?>"), ("<!", ">")]
            if let (_, end) = skips.first(where: { rest.hasPrefix($0.0) }) {
                guard let found = rest.range(ofText: end) else { return nil }
                rest = rest[found...]
                continue
            }
            return String(rest.prefix { $0 != ">" })
        }
        return nil
    }

    /// A start tag's name, where it is in no namespace of its own; the local one, where the tag declares its prefix. A
    /// prefix that is not declared is part of the name.
    private static func name(of tag: String) -> String {
        let name = tag.dropFirst().prefix { !" \t\r\n/>".contains($0) && $0 != "\r\n" }
        let prefix = name.prefix { $0 != ":" }
        if prefix.count < name.count, tag.contains("xmlns:\(prefix)=") { return String(name.dropFirst(prefix.count + 1)) }
        return tag.contains("xmlns=") ? "xmlns \(name)" : String(name)
    }

    // MARK: The rest

    private func findingsAreInside() throws {
        try require(filtered.misplaced.isEmpty, "findings outside: \(filtered.misplaced.first ?? "")")
    }

    private func isIdempotent(_ judge: Judge, _ configuration: Configuration) throws {
        guard filtered.parts.allSatisfy(\.isWritten) else { return }
        let again = Filtered(filtered.output, judge, refuses: configuration.refuses)
        try require(again.error == nil, "its own output is refused: \(again.error?.message ?? "")")
        try require(again.output == filtered.output, "filtered again it changes again")
    }

    private mutating func isTheSameInPieces(_ judge: Judge, _ configuration: Configuration, seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let longest = [3, 40, 5000][seed / 4 % 3]
        let chunks = (0..<7).map { _ in 1 + Int(random.next() % UInt64(longest)) }
        let other = Filtered(input, judge, refuses: configuration.refuses, chunks: chunks)
        // Inside an instruction of a document type it may be cut, or a `>` in its identifier be taken for its end: then libxml2
        // has no words but its own.
        if [Refusals.instruction, Refusals.externalSubset].contains(where: { $0 == filtered.error?.message || $0 == other.error?.message }),
            filtered.error?.kind == .malformed || other.error?.kind == .malformed
        {
            kind += ", in pieces in libxml2's words"
            return
        }
        // What libxml2 says of something broken in more than one way depends on what it has seen.
        let isBroken = other.error?.kind == .malformed && filtered.error?.kind == .malformed
        try require(isBroken || other.error == filtered.error, "in pieces of \(chunks): \(other.error.map { "\($0)" } ?? "no error"), else \(filtered.error.map { "\($0)" } ?? "none")")
        // How much is handed on of something broken that is no domain depends on what was there to hand on.
        let same = filtered.error == nil ? other.output == filtered.output
            : other.output.starts(with: filtered.output) || filtered.output.starts(with: other.output)
        try require(same, "in pieces of \(chunks) it comes out otherwise")
    }
}

extension Substring {
    /// The place behind the first occurrence.
    fileprivate func range(ofText text: String) -> Index? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(text) { return index(place, offsetBy: text.count) }
            place = index(after: place)
        }
        return nil
    }
}
