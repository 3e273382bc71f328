import Hosts
import Lint
import Reports
import SystemPackage

/// Finds the policy for an input, reads it and its hosts, and keeps both for the next input of the same place.
///
/// With `--policy-rev`, policies and the host files that they name are those of a revision; nothing of a pushed or
/// staged tree is trusted.
package struct PolicyLookup {
    let settings: Settings
    private let purpose: Judge.Purpose
    let overrides: Overrides
    let knowledge: CPUKnowledge
    let commandLineHosts: [Host]
    let tree: PolicyTree?
    private var places: PolicyPlaces
    private(set) var prepared: [PreparedPolicy] = []
    /// The files of known findings, which are looked for in the same places.
    var known: KnownFindingsLookup
    /// Policies that were passed over, because they belong to somebody else and lie above the input's repository.
    var strangers: Set<FilePath> { places.strangers }

    typealias Place = PolicyPlaces.Place
    /// The place of the first policy, as in `PolicyPlaces`.
    private var first: Place?
    private var byPolicy: [Place: Int] = [:]

    /// - Parameters:
    ///   - fixes: findings are needed for their fixes, including those that are not printed.
    ///   - tree: look for policies in it and not on this machine.
    /// - Throws: what is wrong with the settings' hosts, CPU map or target.
    init(_ settings: Settings, purpose: Judge.Purpose, fixes: Bool = false, tree: PolicyTree? = nil) throws {
        self.settings = settings
        self.purpose = purpose
        self.tree = tree
        places = PolicyPlaces(settings, tree: tree)
        // Who names a policy, or wants none, does not trust what lies beside the input: neither its baseline.
        let isTrusted = settings.policyFile == nil && !settings.ignoresPolicies
        known = KnownFindingsLookup(isTrusted || settings.knownFindings != .found ? settings.knownFindings : .none, tree: tree)
        overrides = settings.overrides(fixes: fixes)
        knowledge = try settings.cpuMap.knowledge()
        let arguments = HostArguments(knowledge, timeout: settings.timeout, libvirt: settings.libvirt)
        let known = try KnownHosts(arguments.hosts(for: settings.hosts, scope: purpose == .rewrite ? .every : .any), knowledge)
        commandLineHosts = known.hosts
        if let target = overrides.target, let mistake = TargetNames(known.knowledge, hosts: known.hosts).mistake(in: target) {
            throw IOFailure(message: "--default: \(mistake)")
        }
    }

    /// The policy for inputs in a directory, and its hosts, without a judge.
    mutating func hosts(forDirectory directory: FilePath?) throws -> (policy: Policy, hosts: [Host]) {
        let place = places.place(forDirectory: directory)
        return try FoundPolicy(place.file, place.origin, tree: nil).read(settings, commandLineHosts, knowledge)
    }

    /// The policy for inputs in a directory; nil for content that has no place on this machine.
    mutating func policy(forDirectory directory: FilePath?) throws -> PreparedPolicy {
        try read(places.place(forDirectory: directory))
    }

    /// The policy for an input.
    mutating func policy(for input: InputFile) throws -> PreparedPolicy {
        try read(place(for: input))
    }

    /// The place of the policy for an input.
    mutating func place(for input: InputFile) -> Place { places.place(for: input) }

    private mutating func read(_ place: Place) throws -> PreparedPolicy {
        if place == first { return prepared[0] }
        if first != nil, let index = byPolicy[place] { return prepared[index] }
        let new = try prepare(place)
        if first == nil { first = place } else { byPolicy[place] = prepared.count }
        prepared.append(new)
        return new
    }

    /// What to say about a policy that was passed over.
    static func remark(onStranger file: FilePath) -> String {
        "\(printable(file.string)) is not used, because it belongs to another user; to use it, name it with --config"
    }

    /// - Parameter content: what the policy's file is taken to hold; nil to read the file.
    func prepare(_ place: Place, content: [UInt8]? = nil) throws -> PreparedPolicy {
        let found = try FoundPolicy(place.file, place.origin, tree: tree, content: content)
        let (policy, hosts) = try found.read(settings, commandLineHosts, knowledge)
        let targetHosts = try local(for: policy, hosts)
        return PreparedPolicy(
            judge: Judge(
                policy: policy, hosts: hosts, targetHosts: targetHosts, overrides: overrides, purpose: purpose,
                knowledge: try KnownHosts(hosts + (targetHosts ?? []), knowledge).knowledge),
            policy: policy, hosts: hosts, found)
    }

    /// This machine, if `filter` has a target that needs a host and no host is named. Otherwise nil.
    private func local(for policy: Policy, _ hosts: [Host]) throws -> [Host]? {
        guard purpose == .rewrite, hosts.isEmpty, !settings.ignoresLocalMachine else { return nil }
        // Without a default, a guest that states no CPU gets host-model-only.
        let targets = overrides.target.map { [$0] } ?? [policy.default ?? .hostModelOnly] + policy.guests.compactMap(\.default)
        let windows = overrides.windows.map { [$0] } ?? [policy.windows] + policy.guests.compactMap(\.windows)
        guard targets.contains(where: \.needsHost) || windows.contains(where: \.pins) else { return nil }
        var host = try Host.local(map: knowledge.map)
        if let libvirt = settings.libvirt { host.libvirt = libvirt }
        return [host]
    }
}
