import DomainXML
import Lint

/// Reads a definition with just one domain. It is used again for the next definition.
final class SingleDomainReader {
    private let reader: DomainReader
    private let handler = Handler()
    /// The bytes of the last definition before and behind the document of its domain, such as a line feed or a comment.
    var outside: (before: [UInt8], behind: [UInt8]) { handler.outside }

    /// - Parameters:
    ///   - maximumDomainSize: the most bytes of a definition.
    ///   - framing: what the definitions are taken from. In JSON, they are UTF-8 whatever they declare: .NET, for example,
    ///     declares UTF-16 in every string.
    init(maximumDomainSize: Int, _ framing: RecordFraming) {
        reader = DomainReader(maximumDomainSize: maximumDomainSize, isUTF8: framing == .ndjson)
    }

    /// Calls `body` with the guest of a definition.
    ///
    /// - Throws: `RecordError` for a definition that cannot be read, or has no domain or several; what `body` throws.
    func read(_ xml: [UInt8], _ body: (Guest) throws -> Void) throws {
        try read(document: xml) { try body(Guest($0.domains[0], in: $0)) }
    }

    /// Calls `body` with a definition as a document of one domain.
    func read(document xml: [UInt8], _ body: (Document) throws -> Void) throws {
        try withoutActuallyEscaping(body) { body in
            handler.body = body
            (handler.domains, handler.failure) = (0, nil)
            handler.outside.before.removeAll(keepingCapacity: true)
            handler.outside.behind.removeAll(keepingCapacity: true)
            reader.restart(for: handler)
            defer {
                reader.restart(for: nil)
                handler.body = nil
            }
            do {
                try xml.withUnsafeBytes { try reader.feed($0) }
                try reader.finish()
            } catch let error as MalformedInput {
                throw RecordError(error)
            }
        }
        if handler.domains == 0 { throw RecordError(.noDomain, "the XML has no <domain>") }
        if handler.domains > 1 { throw RecordError(.severalDomains, "the XML has more than one <domain>") }
        if let failure = handler.failure { throw failure }
    }

    private final class Handler: DomainStreamHandler {
        var body: ((Document) throws -> Void)?
        var domains = 0
        /// What `body` threw.
        var failure: (any Error)?
        var outside: (before: [UInt8], behind: [UInt8]) = ([], [])

        func passThrough(_ bytes: UnsafeRawBufferPointer) {
            if domains == 0 { outside.before.append(contentsOf: bytes) } else { outside.behind.append(contentsOf: bytes) }
        }

        func document(_ document: Document) -> Bool {
            // Such as <domainsnapshot/>.
            if document.domains.isEmpty { passThrough(document.bytes) }
            domains += document.domains.count
            // That the XML is malformed further on counts before whatever is wrong with the domain.
            if domains == 1, document.domains.count == 1 {
                do { try body?(document) } catch { failure = error }
            }
            return true
        }
    }
}
