import Synchronization
import SystemPackage

/// What the threads of a check share: policies, git's contents, and the names for a diff.
final class InputSources: Sendable {
    let policies: Mutex<PolicyLookup>
    let blobs: GitBlobs
    /// Where paths of recorded findings start from; nil if nothing is recorded.
    private let recordDirectory: FilePath?
    private let names = Mutex<DiffNames?>(nil)

    init(_ policies: sending PolicyLookup, recordsBelow directory: FilePath?, blobs: GitBlobs) {
        self.policies = Mutex(policies)
        recordDirectory = directory
        self.blobs = blobs
    }

    /// What is known about an input's findings; nil if nothing is known, and nothing to be recorded.
    func known(for input: InputFile) throws -> KnownInput? {
        if let recordDirectory { return KnownInput(findings: nil, file: input.path(below: recordDirectory)) }
        guard let known = try policies.withLock({ try $0.known.known(for: input) }) else { return nil }
        return KnownInput(findings: known, file: known.directory.isEmpty ? input.path.string : input.path(below: known.directory))
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
