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
        old = try PolicyTree(tree: versions.oldTree, named: String(versions.oldTree.prefix(12)), in: repository, objects)
        new = try PolicyTree(tree: versions.newTree, named: versions.newTree.map { String($0.prefix(12)) } ?? "", in: repository, objects)
        (self.settings, self.overrides, self.hosts, self.knowledge) = (settings, overrides, hosts, knowledge)
        let changes = try versions.newTree.map { try repository.changes(from: versions.oldTree, to: $0) }
            ?? repository.stagedChanges(from: versions.oldTree)
        let gone = changes.filter { $0.new == nil }.map { FilePath(bytes: $0.path) }
        var seen: Set<String> = []
        for policy in Set(old.policies + new.policies).sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
            do {
                let before = try Side(policy, in: old), after = try Side(policy, in: new)
                let missing = gone.filter { before.namesHost($0) || after.namesHost($0) }
                if before.ids == after.ids, missing.isEmpty { continue }
                let found = try self.findings(from: before, to: after)
                guard !found.isEmpty else { continue }
                let notes = try self.notes(versions, before.files + after.files + missing)
                for (file, var finding) in found where seen.insert("\(file) \(finding.start.line) \(finding.message)").inserted {
                    finding.notes += notes
                    add(finding, file)
                }
            } catch {
                let directory = policy.removingLastComponent().string
                remarks.append(
                    "the policies for \(printable(directory.isEmpty ? "the top directory" : directory)) are not compared: \(shown(error))")
            }
        }
    }

    private mutating func add(_ finding: Finding, _ file: FilePath) {
        if let index = findings.firstIndex(where: { $0.file == file }) {
            findings[index].findings.append(finding)
        } else {
            findings.append((file, [finding]))
        }
    }

    private func findings(from before: Side, to after: Side) throws -> [(file: FilePath, finding: Finding)] {
        let found = PolicyJudge.findings(
            from: try before.effective(settings, hosts, knowledge), to: try after.effective(settings, hosts, knowledge), overrides: overrides)
        let files = after.files.isEmpty ? before.files : after.files
        return found.map { (files.indices.contains($0.document) ? files[$0.document] : PolicyFile.system, $0.finding) }
    }

    private func notes(_ versions: Versions, _ files: [FilePath]) throws -> [String] {
        var notes: [String] = []
        if let commit = versions.newCommit {
            notes = try GitHistory.authors(of: Set(files.map(\.string)).sorted(), after: versions.oldCommit, until: commit)
        }
        if versions.isPush, let pusher = Self.pusher { notes.append("pushed by \(pusher)") }
        return notes
    }

    /// Who pushes, if git tells: the signer of a signed push (git-receive-pack(1)), or the user that a web server has
    /// authenticated (git-http-backend(1)).
    private static var pusher: String? {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }
        if let status = variable("GIT_PUSH_CERT_STATUS"), ["G", "U"].contains(status), let signer = variable("GIT_PUSH_CERT_SIGNER") {
            return "\(signer) (signed)"
        }
        return variable("REMOTE_USER")
    }
}

extension PolicyChanges {
    /// The policy that applies to a directory in one version.
    private struct Side {
        private let found: FoundPolicy
        /// The policy's file and those that it extends, from the top of the tree; empty if it does not lie in the version.
        let files: [FilePath]
        /// The ids of their contents.
        let ids: [String]
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
            ids = files.map { "\($0) \(tree.id(of: $0) ?? "")" }
            patterns = try chain.map { [origin = found.origin] chain in
                try chain.policy(origin: origin).hosts.filter { $0.kind == .files }.map { (FilePattern($0.spec), chain.directory(of: $0.document)) }
            } ?? []
        }

        /// Whether a host pattern matches a path from the top of the tree.
        func namesHost(_ path: FilePath) -> Bool {
            patterns.contains { pattern, directory in
                var path = path
                return (directory.isEmpty || path.removePrefix(directory)) && pattern.matches(path)
            }
        }

        func effective(_ settings: Settings, _ hosts: [Host], _ knowledge: CPUKnowledge) throws -> EffectivePolicy {
            let (policy, hosts) = try found.read(settings, hosts, knowledge)
            return EffectivePolicy(policy, files.isEmpty ? [] : found.chain?.documents ?? [], hosts: hosts.map(\.name), directory: found.directory.string)
        }
    }
}
