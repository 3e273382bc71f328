import DomainXML

/// A handler that keeps what a reader hands out, as values.
final class Recorder: DomainStreamHandler {
    struct Seen: Equatable {
        var span: ByteRange
        var facts: [String]
    }
    /// The bytes that were passed through.
    var passed: [UInt8] = []
    /// The bytes that were passed through or written.
    var output: [UInt8] = []
    var domains: [Seen] = []
    /// Whether documents are not written.
    var drops = false
    /// Applied to every domain that is not running.
    var change: CPUChange?
    var each: (Document, Domain) -> Void = { _, _ in }

    func passThrough(_ bytes: UnsafeRawBufferPointer) {
        passed.append(contentsOf: bytes)
        output.append(contentsOf: bytes)
    }

    func document(_ document: Document) -> Bool {
        var edits: [Edit] = []
        for domain in document.domains {
            each(document, domain)
            domains.append(Seen(span: domain.element.span, facts: facts(of: domain)))
            if let change, !domain.isRunning {
                edits += CPURewriter.rewrite(domain, in: document, to: change).edits
            }
        }
        if drops { return false }
        document.write(applying: edits) { output.append(contentsOf: $0) }
        return true
    }

    /// Reads bytes in chunks of these sizes, which are repeated as often as necessary.
    static func read(
        _ bytes: [UInt8], chunks sizes: [Int] = [Int.max], into recorder: Recorder = Recorder(),
        maximumDomainSize: Int = DomainReader.defaultMaximumDomainSize
    ) throws -> Recorder {
        let reader = DomainReader(maximumDomainSize: maximumDomainSize, handler: recorder)
        var place = 0, turn = 0
        while place < bytes.count {
            let end = place + min(sizes[turn % sizes.count], bytes.count - place)
            try bytes[place..<end].withUnsafeBytes { try reader.feed($0) }
            place = end
            turn += 1
        }
        try reader.finish()
        return recorder
    }
}
