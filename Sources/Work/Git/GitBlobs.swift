import Synchronization

/// Contents of blobs, for several threads. git is started when the first content is asked for.
package final class GitBlobs: Sendable {
    private struct State: ~Copyable {
        var objects: GitObjects?
        var expected: [String] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Names the blobs that will be read, in their order.
    func expect(_ ids: [String]) {
        state.withLock { state in
            state.expected = ids
            state.objects?.expect(ids)
        }
    }

    /// - Parameter limit: the most bytes that the content may have.
    func content(of id: String, limit: Int = Files.definitionLimit) throws -> [UInt8] {
        try withObjects { try $0.content(of: id, limit: limit) }
    }

    /// The content of a blob; nil if it has more bytes than the limit.
    func content(of id: String, upTo limit: Int) throws -> [UInt8]? {
        try withObjects { try $0.content(of: id, upTo: limit) }
    }

    /// Content up to this size is handed over as a whole, so that no other thread waits for its reader.
    private static let mostAtOnce = 1 << 20

    /// Hands over the content, in pieces if it is long: a push of a megabyte can hold a file of hundreds.
    /// - Throws: what `take` throws.
    func read(_ id: String, into take: (UnsafeRawBufferPointer) throws -> Void) throws {
        if let content = try withObjects({ try $0.content(of: id, upTo: Self.mostAtOnce) }) {
            return try content.withUnsafeBytes(take)
        }
        try GitObjects().read(id, limit: Files.definitionLimit, into: take)
    }

    private func withObjects<R: Sendable>(_ work: (GitObjects) throws -> R) throws -> R {
        try state.withLock { state in
            if state.objects == nil {
                state.objects = try GitObjects()
                state.objects!.expect(state.expected)
            }
            return try work(state.objects!)
        }
    }
}
