import Synchronization

/// Contents of blobs, for several threads. git is started when the first content is asked for.
package final class GitBlobs: Sendable {
    private let objects = Mutex<GitObjects?>(nil)

    package init() {}

    func content(of id: String) throws -> [UInt8] {
        try objects.withLock { objects in
            if objects == nil { objects = try GitObjects() }
            return try objects!.content(of: id)
        }
    }
}
