import Hosts
import Lint
import Reports
import SystemPackage

/// Finds the policy for an input, reads it and its hosts, and keeps both for the next input of the same place.
///
/// With `--policy-rev`, policies and the host files that they name are those of a revision; nothing of a pushed or
/// staged tree is trusted.
package struct PolicyLookup {
    private let settings: Settings
    private let purpose: Judge.Purpose
    private let overrides: Overrides
    private let knowledge: CPUKnowledge
    private let commandLineHosts: [Host]
    private let tree: PolicyTree?
    private let top: FilePath?
    private var byDirectory: [FilePath?: Place] = [:]
    private(set) var prepared: [PreparedPolicy] = []
    /// The files of known findings, which are looked for in the same places.
    var known: KnownFindingsLookup

    struct Place: Hashable {
        var file: FilePath?
        var origin: Origin
    }
    enum Origin { case none, named, discovered, system, tree }
    private var byPolicy: [Place: Int] = [:]

    /// - Parameters:
    ///   - fixes: findings are needed for their fixes, including those that are not printed.
    ///   - tree: look for policies in it and not on this machine.
    ///   - top: the top of the work tree, where it is known: no policy is looked for above it.
    /// - Throws: what is wrong with the settings' hosts, CPU map or target.
    init(_ settings: Settings, purpose: Judge.Purpose, fixes: Bool = false, tree: PolicyTree? = nil, top: FilePath? = nil) throws {
        self.settings = settings
        self.purpose = purpose
        self.tree = tree
        self.top = top
        known = KnownFindingsLookup(settings.knownFindings, tree: tree)
        overrides = settings.overrides(fixes: fixes)
        knowledge = try settings.cpuMap.knowledge()
        let arguments = HostArguments(knowledge, timeout: settings.timeout, libvirt: settings.libvirt)
        let known = try KnownHosts(arguments.hosts(for: settings.hosts, scope: purpose == .rewrite ? .every : .some), knowledge)
        commandLineHosts = known.hosts
        if let target = overrides.target, let mistake = TargetNames(known.knowledge, hosts: known.hosts).mistake(in: target) {
            throw IOFailure(message: "--default: \(mistake)")
        }
    }

    /// The policy for inputs in a directory; nil for content that has no place on this machine.
    mutating func policy(forDirectory directory: FilePath?) throws -> PreparedPolicy {
        let place: Place
        if let known = byDirectory[directory] {
            place = known
        } else {
            place = find(from: directory)
            byDirectory[directory] = place
        }
        return try read(place)
    }

    /// The policy for an input.
    mutating func policy(for input: InputFile) throws -> PreparedPolicy {
        guard let tree, !settings.ignoresPolicies, settings.policyFile == nil else {
            return try policy(forDirectory: input.directory)
        }
        guard let file = tree.policy(named: PolicyFile.name, for: input.path) else {
            return try read(system)
        }
        return try read(Place(file: file, origin: .tree))
    }

    private mutating func read(_ place: Place) throws -> PreparedPolicy {
        if let index = byPolicy[place] { return prepared[index] }
        let new = try prepare(place)
        byPolicy[place] = prepared.count
        prepared.append(new)
        return new
    }

    private func find(from directory: FilePath?) -> Place {
        if settings.ignoresPolicies { return Place(file: nil, origin: .none) }
        if let file = settings.policyFile { return Place(file: FilePath(file), origin: .named) }
        if let directory, let file = Self.discover(from: directory, top: top) { return Place(file: file, origin: .discovered) }
        return system
    }

    private var system: Place {
        Files.exists(PolicyFile.system) ? Place(file: PolicyFile.system, origin: .system) : Place(file: nil, origin: .none)
    }

    /// Looks for a policy from a directory upwards to the top of the repository. Outside a repository only the
    /// directory itself is looked at: the ones above may belong to anybody.
    static func discover(_ name: String = PolicyFile.name, from directory: FilePath, top: FilePath? = nil) -> FilePath? {
        guard let start = Files.real(directory) else { return nil }
        var place = start
        var found: FilePath?
        while true {
            if found == nil, Files.exists(place.appending(name)) { found = place.appending(name) }
            if place == top || Files.exists(place.appending(".git")) { return found }
            guard place.removeLastComponent() else { break }
        }
        let own = start.appending(name)
        return found == own ? own : nil
    }

    /// - Parameter content: what the policy's file is taken to hold; nil to read the file.
    func prepare(_ place: Place, content: [UInt8]? = nil) throws -> PreparedPolicy {
        var policy = Policy()
        var hosts = commandLineHosts
        var directory: FilePath = "."
        if let file = place.file {
            let origin: PolicyOrigin = switch place.origin {
            case .named: .named
            case .system: .system
            case .none, .discovered, .tree: .discovered
            }
            if place.origin == .discovered, content == nil, Files.real(file)?.removingLastComponent() != file.removingLastComponent() {
                // Error messages could otherwise quote a file that the owner of the repository may not read.
                throw IOFailure(message: "\(printable(file.string)): a policy cannot be a symbolic link that leads out of its directory: name it with --config")
            }
            let source: any PolicyFiles = place.origin == .tree ? tree! : LocalPolicyFiles(mustBeBelow: origin == .discovered)
            let bytes = try content ?? source.read(file, limit: PolicyFile.sizeLimit)
            let name = source.name(of: file)
            policy = try Policy.parse(bytes, file: name, origin: origin, knownRules: Rule.ids)
            directory = file.removingLastComponent()
            if commandLineHosts.isEmpty {
                let arguments = HostArguments(knowledge, timeout: settings.timeout, libvirt: settings.libvirt)
                var patterns = policy.hosts
                if settings.ignoresLocalMachine { patterns.removeAll { $0.kind == .local } }
                hosts = try arguments.hosts(of: patterns, in: name, directory: directory, origin: origin, source)
                let leftOut = patterns.count < policy.hosts.count ? ["local"] : []
                try policy.check(hostsNamed: hosts.map(\.name) + leftOut, in: name)
            }
            // Only now is it known which names the hosts have.
            let names = TargetNames(try KnownHosts(hosts, knowledge).knowledge, hosts: hosts)
            policy = try Policy.parse(bytes, file: name, origin: origin, knownRules: Rule.ids, names: names)
            if place.origin != .tree, directory.isEmpty { directory = "." }
        }
        if let libvirt = settings.libvirt { policy.libvirt = libvirt }
        let targetHosts = try local(for: policy, hosts)
        return PreparedPolicy(
            judge: Judge(
                policy: policy, hosts: hosts, targetHosts: targetHosts, overrides: overrides, purpose: purpose,
                knowledge: try KnownHosts(hosts + (targetHosts ?? []), knowledge).knowledge),
            directory: place.origin == .tree ? directory : Files.real(directory) ?? directory,
            isInTree: place.origin == .tree, asksForPaths: policy.guests.contains { $0.match.path != nil })
    }

    /// This machine, if `filter` has a target that needs a host and no host is named. Otherwise nil.
    private func local(for policy: Policy, _ hosts: [Host]) throws -> [Host]? {
        guard purpose == .rewrite, hosts.isEmpty, !settings.ignoresLocalMachine else { return nil }
        // Without a default, a guest that states no CPU gets host-model-only.
        let targets = overrides.target.map { [$0] } ?? [policy.default ?? .hostModelOnly] + policy.guests.compactMap(\.default)
        guard targets.contains(where: \.needsHost) || policy.windows == .pin else { return nil }
        var host = try Host.local(map: knowledge.map)
        if let libvirt = settings.libvirt { host.libvirt = libvirt }
        return [host]
    }
}
