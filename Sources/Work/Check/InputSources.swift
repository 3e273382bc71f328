import Synchronization

/// What the threads of a check share: policies, git's contents, and the names for a diff.
final class InputSources: Sendable {
    let policies: Mutex<PolicyLookup>
    let blobs: GitBlobs
    private let names = Mutex<DiffNames?>(nil)

    init(_ policies: sending PolicyLookup, blobs: GitBlobs) {
        self.policies = Mutex(policies)
        self.blobs = blobs
    }

    func policy(for input: InputFile) throws -> PreparedPolicy {
        try policies.withLock { try $0.policy(for: input) }
    }

    /// Created only when a diff is printed, because creating it starts git.
    var diffNames: DiffNames {
        names.withLock { names in
            if names == nil { names = DiffNames() }
            return names!
        }
    }
}
