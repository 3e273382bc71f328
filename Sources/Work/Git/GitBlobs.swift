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

    func content(of id: String) throws -> [UInt8] {
        try state.withLock { state in
            if state.objects == nil {
                state.objects = try GitObjects()
                state.objects!.expect(state.expected)
            }
            return try state.objects!.content(of: id)
        }
    }
}
