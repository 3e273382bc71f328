import DomainXML
import Lint

/// Takes the guests out of a stream.
package final class GuestCollector: DomainStreamHandler {
    private let hostArchitecture: String?
    private let take: (Guest) throws -> Void

    /// - Parameter hostArchitecture: the architecture of definitions that state none.
    package init(hostArchitecture: String? = nil, _ take: @escaping (Guest) throws -> Void) {
        self.hostArchitecture = hostArchitecture
        self.take = take
    }

    package func passThrough(_ bytes: UnsafeRawBufferPointer) {}

    package func document(_ document: Document) throws -> Bool {
        try document.domains.forEach { try take(Guest($0, in: document, hostArchitecture: hostArchitecture)) }
        return true
    }
}
