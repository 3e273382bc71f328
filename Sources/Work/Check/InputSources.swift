import Reports
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
        if let recordDirectory { return KnownInput(findings: nil, file: input.path(below: recordDirectory)?.string ?? input.name) }
        guard let known = try policies.withLock({ try $0.known.known(for: input) }) else { return nil }
        if let below = input.foundBelow, let top = Files.real(below), known.directory.starts(with: top) { known.noteCovered() }
        return KnownInput(findings: known, file: input.path(below: known.directory)?.string ?? input.path.string)
    }

    func policy(for input: InputFile) throws -> PreparedPolicy {
        try policies.withLock { try $0.policy(for: input) }
    }

    /// Whether its policy excludes an input, if nobody names it.
    func excludes(_ input: InputFile) -> Bool {
        // A policy that cannot be read is reported when the input is judged.
        (try? policy(for: input))?.excludes(input) ?? false
    }

    /// Removes the inputs that nobody named and that their policies exclude. In git's versions, changed ones are kept as
    /// files that are not checked.
    ///
    /// - Returns: what the user should know: that nothing is left to check.
    func leaveOutExcluded(from inputs: inout CheckInputs) -> [String] {
        var remarks = inputs.ignored.map {
            "\(printable($0.string)): .gitignore files ignore all definitions; to check them, name them or use --no-ignore"
        }
        remarks += inputs.untold
        var excluding: Set<String> = []
        let all = inputs.present.count
        var left: [InputFile] = []
        inputs.present.removeAll { input in
            // A policy that cannot be read is reported when the input is judged.
            guard !input.isNamed, !input.isNewlyChecked, let policy = try? policy(for: input), policy.excludes(input) else { return false }
            excluding.formUnion([policy.name].compactMap { $0 })
            if inputs.repository != nil {
                var unchecked = input
                unchecked.isExcluded = true
                left.append(unchecked)
            }
            return true
        }
        inputs.unchecked += left
        if all > 0, inputs.present.isEmpty {
            let policies = excluding.sorted().joined(separator: ", ")
            remarks.append("all definitions are excluded by \(policies); to check them, name them")
        }
        return remarks
    }

    /// Created only when a diff is printed, because creating it starts git.
    var diffNames: DiffNames {
        names.withLock { names in
            if names == nil { names = DiffNames() }
            return names!
        }
    }
}
