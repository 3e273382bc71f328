import Glibc
import Hosts
import Lint
import Reports
import SystemPackage

/// Compares the policies of two versions in git, directory by directory.
struct PolicyChanges {
    /// What is said about one file, by its path from the top of the tree.
    private(set) var findings: [(file: FilePath, findings: [Finding])] = []
    /// Policies that could not be compared.
    private(set) var remarks: [String] = []

    private let old: PolicyTree
    private let new: PolicyTree
    private let settings: Settings
    private let overrides: Overrides
    private let hosts: [Host]
    private let knowledge: CPUKnowledge

    /// Two versions. Policies of a version without any are those that apply elsewhere: `/etc/virt-cpu.yaml`, or none.
    struct Versions {
        /// The id of the earlier tree, and of its commit if it has one.
        var oldTree: String
        var oldCommit: String?
        /// The id of the new tree; nil for the index.
        var newTree: String?
        var newCommit: String?
        /// Somebody pushes the new version.
        var isPush = false
    }

    /// - Parameters:
    ///   - hosts: those that the command line names, which take the place of the policies'.
    /// - Throws: `IOFailure` where git fails.
    init(
        _ versions: Versions, in repository: GitRepository, _ settings: Settings, _ overrides: Overrides, hosts: [Host],
        _ knowledge: CPUKnowledge
    ) throws {
        let objects = try GitObjects()
        old = try PolicyTree(tree: versions.oldTree, named: String(versions.oldTree.prefix(12)), in: repository, objects, followsLinks: !versions.isPush)
        new = try PolicyTree(
            tree: versions.newTree, named: versions.newTree.map { String($0.prefix(12)) } ?? "", in: repository, objects,
            followsLinks: !versions.isPush)
        (self.settings, self.overrides, self.hosts, self.knowledge) = (settings, overrides, hosts, knowledge)
        let changes = try versions.newTree.map { try repository.changes(from: versions.oldTree, to: $0) }
            ?? repository.stagedChanges(from: versions.oldTree)
        let gone = changes.filter { $0.new == nil }.map { FilePath(bytes: $0.path) }
        var seen: Set<Said> = []
        for policy in Set(old.policies + new.policies).sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
            do {
                let before = try Side(policy, in: old), after = try Side(policy, in: new)
                let missing = gone.filter { before.namesHost($0) || after.namesHost($0) }
                if before.isSame(as: after), missing.isEmpty { continue }
                let found = try self.findings(from: before, to: after, policy)
                guard !found.isEmpty else { continue }
                let notes = try self.notes(versions, before.files + after.files + missing)
                for (file, var finding) in found where seen.insert(Said(file, finding)).inserted {
                    finding.notes += notes
                    add(finding, file)
                }
            } catch {
                addRemark("the policies", policy, error)
            }
        }
    }

    /// A finding that two policies share, if it is about a file that both extend.
    private struct Said: Hashable {
        var file: FilePath
        var line: Int
        var message: ExactText
        var severity: Severity

        init(_ file: FilePath, _ finding: Finding) {
            (self.file, line, message, severity) = (file, finding.start.line, ExactText(finding.message), finding.severity)
        }
    }

    private mutating func addRemark(_ what: String, _ policy: FilePath, _ error: any Error) {
        let directory = policy.removingLastComponent().string
        remarks.append(
            "\(what) for \(printable(directory.isEmpty ? "the top directory" : directory)) are not compared: \(Self.words(for: error))")
    }

    /// What is wrong, and where, for the middle of a sentence.
    private static func words(for error: any Error) -> String {
        let problem = ReportedFailure(error).problem
        let place = problem.file.map { file in "\(printable(file))\(problem.position.map { ":\($0)" } ?? ""): " } ?? ""
        return place + problem.message
    }

    private mutating func add(_ finding: Finding, _ file: FilePath) {
        if let index = findings.firstIndex(where: { $0.file == file }) {
            findings[index].findings.append(finding)
        } else {
            findings.append((file, [finding]))
        }
    }

    /// Compares two policies. If the hosts of one cannot be read, all the other values are compared.
    private mutating func findings(from before: Side, to after: Side, _ policy: FilePath) throws -> [(file: FilePath, finding: Finding)] {
        func read(_ side: Side) -> Result<EffectivePolicy, any Error> {
            Result { try side.effective(settings, hosts, knowledge) }
        }
        let oldResult = read(before), newResult = read(after)
        var hostFailure: String?
        let old: EffectivePolicy, new: EffectivePolicy
        switch (oldResult, newResult) {
        case (.success(let before), .success(let after)): (old, new) = (before, after)
        default:
            (old, new) = (try before.withoutHosts(settings), try after.withoutHosts(settings))
            switch (oldResult, newResult) {
            case (.failure(let error), _): addRemark("the hosts of the policies", policy, error)
            case (_, .failure(let error)): hostFailure = Self.words(for: error)
            default: break
            }
        }
        let found = PolicyJudge.findings(from: old, to: new, hostFailure: hostFailure, overrides: overrides)
        let files = after.files.isEmpty ? before.files : after.files
        return found.map { (files.indices.contains($0.document) ? files[$0.document] : PolicyFile.system, $0.finding) }
    }

    private func notes(_ versions: Versions, _ files: [FilePath]) throws -> [String] {
        var notes: [String] = []
        if let commit = versions.newCommit {
            notes = try GitHistory.authors(of: Set(files.map(\.string)).sorted(), after: versions.oldCommit, until: commit)
        }
        if versions.isPush, let pusher = Pusher.name() { notes.append("pushed by \(pusher)") }
        return notes
    }
}

extension PolicyChanges {
    /// The policy that applies to a directory in one version.
    private struct Side {
        private let found: FoundPolicy
        /// The policy's file and those that it extends, from the top of the tree; empty if it does not lie in the version.
        let files: [FilePath]
        /// The ids of their contents.
        private let ids: [String?]
        /// The patterns of host files, and the directories that they start from.
        private let patterns: [(pattern: FilePattern, directory: FilePath)]

        /// - Parameter policy: the path of a policy in the directory, whether or not there is one.
        init(_ policy: FilePath, in tree: PolicyTree) throws {
            if let file = tree.file(above: policy) {
                found = try FoundPolicy(file, .tree, tree: tree)
            } else {
                let hasSystem = Files.exists(PolicyFile.system)
                found = try FoundPolicy(hasSystem ? PolicyFile.system : nil, hasSystem ? .system : .none, tree: nil)
            }
            let chain = found.place == .tree ? found.chain : nil
            files = chain?.files ?? []
            ids = files.map { tree.id(of: $0) }
            patterns = try chain.map { [origin = found.origin] chain in
                try chain.policy(origin: origin).hosts.filter { $0.kind == .files }.map { (FilePattern($0.spec), chain.directory(of: $0.document)) }
            } ?? []
        }

        /// Whether the same files decide, with the same contents.
        func isSame(as other: Side) -> Bool { files == other.files && ids == other.ids }

        /// Whether a host pattern matches a path from the top of the tree.
        func namesHost(_ path: FilePath) -> Bool {
            patterns.contains { pattern, directory in
                var path = path
                return (directory.isEmpty || path.removePrefix(directory)) && pattern.matches(path)
            }
        }

        func effective(_ settings: Settings, _ hosts: [Host], _ knowledge: CPUKnowledge) throws -> EffectivePolicy {
            let (policy, hosts) = try found.read(settings, hosts, knowledge)
            return effective(policy, hosts: hosts.map(\.name))
        }

        /// The policy as it applies, for one whose hosts cannot be read.
        /// - Throws: what is wrong with the policy itself.
        func withoutHosts(_ settings: Settings) throws -> EffectivePolicy {
            var policy = try found.chain?.policy(origin: found.origin) ?? Policy()
            if let libvirt = settings.libvirt { policy.libvirt = libvirt }
            policy.clusters = []
            return effective(policy, hosts: [])
        }

        private func effective(_ policy: Policy, hosts: [String]) -> EffectivePolicy {
            EffectivePolicy(policy, files.isEmpty ? [] : found.chain?.documents ?? [], hosts: hosts, directory: found.directory.string)
        }
    }
}
