import Hosts
import Lint
import SystemPackage

/// Finds the policy for an input, reads it and its hosts, and keeps both for the next input of the same place.
///
/// With `--policy-rev`, policies and the hosts' files that they name are those of a revision, and nothing of the
/// pushed or staged tree is believed.
struct PolicyLookup {
    static let fileName = ".virt-cpu.yaml"
    static let systemFile: FilePath = "/etc/virt-cpu.yaml"

    private let options: JudgingOptions
    private let purpose: Judge.Purpose
    private let overrides: Overrides
    private let knowledge: CPUKnowledge
    private let commandLineHosts: [Host]
    private let tree: PolicyTree?
    private let top: FilePath?
    private var byDirectory: [FilePath?: Place] = [:]
    private(set) var prepared: [Prepared] = []

    /// A judge, and the directory that its policy's paths start from.
    final class Prepared: Sendable {
        /// A copy of it judges.
        let judge: Judge
        /// Of the policy; without one, the current directory.
        let directory: FilePath
        /// The policy's directory counts from the top of the tree.
        let isInTree: Bool
        /// Following a file's links takes longer than opening it, and most policies ask for no path.
        private let asksForPaths: Bool

        fileprivate init(judge: Judge, directory: FilePath, isInTree: Bool, asksForPaths: Bool) {
            self.judge = judge
            self.directory = directory
            self.isInTree = isInTree
            self.asksForPaths = asksForPaths
        }

        /// The path that the policy's `path` patterns are matched against.
        func path(of definition: InputFile) -> String? {
            if definition.isStream || !asksForPaths { return nil }
            if isInTree {
                var path = definition.path
                _ = path.removePrefix(directory)
                return path.string
            }
            guard let file = definition.file else { return definition.path.string }
            // A version may be of a file that is not there now.
            let place = Files.real(file) ?? definition.directory?.pushing(file.lastComponent.map { FilePath(root: nil, [$0]) } ?? file)
            guard var place, place.removePrefix(directory) else { return definition.name }
            return place.string
        }
    }

    private struct Place: Hashable {
        var file: FilePath?
        var origin: Origin
    }
    private enum Origin { case none, named, discovered, system, tree }
    private var byPolicy: [Place: Int] = [:]

    /// - Parameters:
    ///   - mends: findings are wanted for their fixes, also those that are not printed.
    ///   - tree: policies are looked for in it and not on this machine.
    ///   - top: of the work tree, where it is known: no policy is looked for above it.
    init(_ options: JudgingOptions, purpose: Judge.Purpose, mends: Bool = false, tree: PolicyTree? = nil, top: FilePath? = nil) throws {
        self.options = options
        self.purpose = purpose
        self.tree = tree
        self.top = top
        var overrides = try options.overrides()
        if mends { overrides.wanted = .all }
        self.overrides = overrides
        knowledge = try options.map.knowledge()
        let specs = HostArguments(knowledge: knowledge, timeout: options.libvirt.timeout)
        if case .model(let model) = overrides.target, let meant = knowledge.meant(byModel: model.model) {
            throw IOFailure(message: "--default: libvirt knows no CPU model '\(model.model)' (did you mean '\(meant)'?)")
        }
        commandLineHosts = try specs.withKnownModels(specs.hosts(for: options.host, scope: purpose == .rewrite ? .every : .some))
    }

    /// The judge for definitions in a directory; nil for what lies nowhere on this machine.
    mutating func judge(forDirectory directory: FilePath?) throws -> Prepared {
        let place: Place
        if let known = byDirectory[directory] {
            place = known
        } else {
            place = find(from: directory)
            byDirectory[directory] = place
        }
        return try judge(of: place)
    }

    /// The judge for a definition.
    mutating func judge(for definition: InputFile) throws -> Prepared {
        guard let tree, !options.noConfig, options.config == nil else {
            return try judge(forDirectory: definition.directory)
        }
        guard let file = tree.discover(PolicyLookup.fileName, for: definition.path) else {
            return try judge(of: system)
        }
        return try judge(of: Place(file: file, origin: .tree))
    }

    private mutating func judge(of place: Place) throws -> Prepared {
        if let index = byPolicy[place] { return prepared[index] }
        let new = try prepare(place)
        byPolicy[place] = prepared.count
        prepared.append(new)
        return new
    }

    private func find(from directory: FilePath?) -> Place {
        if options.noConfig { return Place(file: nil, origin: .none) }
        if let file = options.config { return Place(file: FilePath(file), origin: .named) }
        if let directory, let file = Self.discover(from: directory, top: top) { return Place(file: file, origin: .discovered) }
        return system
    }

    private var system: Place {
        Files.exists(Self.systemFile) ? Place(file: Self.systemFile, origin: .system) : Place(file: nil, origin: .none)
    }

    /// Upwards to the top of the repository. Outside of one only the directory itself is looked at: what lies above
    /// it may be anybody's.
    static func discover(from directory: FilePath, top: FilePath? = nil) -> FilePath? {
        guard let start = Files.real(directory) else { return nil }
        var place = start
        var found: FilePath?
        while true {
            if found == nil, Files.exists(place.appending(fileName)) { found = place.appending(fileName) }
            if place == top || Files.exists(place.appending(".git")) { return found }
            guard place.removeLastComponent() else { break }
        }
        let own = start.appending(fileName)
        return found == own ? own : nil
    }

    private func prepare(_ place: Place) throws -> Prepared {
        var policy = Policy()
        var hosts = commandLineHosts
        var directory: FilePath = "."
        if let file = place.file {
            let origin: PolicyOrigin = switch place.origin {
            case .named: .named
            case .system: .system
            case .none, .discovered, .tree: .discovered
            }
            if place.origin == .discovered, Files.real(file)?.removingLastComponent() != file.removingLastComponent() {
                // Its errors would quote lines of a file that the repository has no right to.
                throw IOFailure(message: "\(printable(file.string)): a link that leads out of its directory")
            }
            let source: any PolicyFiles = place.origin == .tree ? tree! : FilesBesidePolicy(mustBeBelow: origin == .discovered)
            let bytes = try source.read(file, limit: 1 << 20)
            let name = source.name(of: file)
            policy = try Policy.parse(bytes, file: name, origin: origin, knownRules: Rule.ids, knowledge: knowledge)
            directory = file.removingLastComponent()
            if commandLineHosts.isEmpty {
                let specs = HostArguments(knowledge: knowledge, timeout: options.libvirt.timeout)
                var patterns = policy.hosts
                if options.noLocal { patterns.removeAll { $0.kind == .local } }
                hosts = try specs.withKnownModels(
                    specs.hosts(of: patterns, in: name, directory: directory, origin: origin, source))
            }
            if place.origin != .tree, directory.isEmpty { directory = "." }
        }
        return Prepared(
            judge: Judge(
                policy: policy, hosts: hosts, targetHosts: try local(for: policy, hosts), overrides: overrides, purpose: purpose,
                knowledge: knowledge),
            directory: place.origin == .tree ? directory : Files.real(directory) ?? directory,
            isInTree: place.origin == .tree, asksForPaths: policy.guests.contains { $0.match.path != nil })
    }

    /// `filter` takes this machine for the host that its targets speak of, where none is named.
    private func local(for policy: Policy, _ hosts: [Host]) throws -> [Host]? {
        guard purpose == .rewrite, hosts.isEmpty, !options.noLocal else { return nil }
        let targets = overrides.target.map { [$0] } ?? [policy.default] + policy.guests.compactMap(\.default)
        guard targets.contains(where: \.needsHost) || policy.windows == .pin else { return nil }
        return [try Host.local(map: knowledge.map)]
    }
}
