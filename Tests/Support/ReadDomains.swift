import DomainXML

/// Reads a stream of domain XML and hands over its documents.
///
/// - Parameters:
///   - passed: called with the bytes outside of documents.
///   - each: called with each document, which is valid only until the call returns.
package func readDocuments(
    _ bytes: [UInt8], passed: @escaping (UnsafeRawBufferPointer) -> Void = { _ in }, _ each: @escaping (Document) -> Void
) throws {
    let reader = DomainReader(handler: Handler(passed: passed, each: each))
    try bytes.withUnsafeBytes { try reader.feed($0) }
    try reader.finish()
}

private final class Handler: DomainStreamHandler {
    let passed: (UnsafeRawBufferPointer) -> Void
    let each: (Document) -> Void

    init(passed: @escaping (UnsafeRawBufferPointer) -> Void, each: @escaping (Document) -> Void) {
        self.passed = passed
        self.each = each
    }

    func passThrough(_ bytes: UnsafeRawBufferPointer) { passed(bytes) }

    func document(_ document: Document) -> Bool {
        each(document)
        return true
    }
}
