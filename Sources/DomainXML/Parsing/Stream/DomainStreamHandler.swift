/// Receives a stream in order. Every byte of the stream comes once, either passed through or as part of a document.
public protocol DomainStreamHandler: AnyObject {
    /// Receives bytes that belong to no domain document. They are valid only inside the call.
    ///
    /// - Throws: any error, which ends the reading and is thrown by the reader's own function.
    func passThrough(_ bytes: UnsafeRawBufferPointer) throws
    /// Receives a complete document, which is valid only inside the call.
    ///
    /// - Returns: whether the document was written. White space after a document that was not written is dropped too.
    /// - Throws: any error, which ends the reading and is thrown by the reader's own function.
    func document(_ document: Document) throws -> Bool
}
