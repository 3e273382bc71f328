import Hosts
import Lint
import Reports
import SystemPackage

/// A policy file, with what its place allows it to name.
struct FoundPolicy {
    /// How a policy was found.
    enum Place { case none, named, discovered, system, tree }

    let place: Place
    /// nil where there is no policy.
    let chain: PolicyChain?
    /// The revision that the policy comes from; nil for a file of this machine.
    let tree: PolicyTree?
    private let source: any PolicyFiles

    /// Reads the file, and those that it extends, as YAML.
    ///
    /// - Parameters:
    ///   - file: nil for no policy.
    ///   - tree: the files of the revision, for a policy in one.
    ///   - content: what the file is taken to hold; nil to read it.
    init(_ file: FilePath?, _ place: Place, tree: PolicyTree?, content: [UInt8]? = nil) throws {
        self.place = place
        self.tree = place == .tree ? tree : nil
        let directory = file?.removingLastComponent()
        source = place == .tree ? tree! : LocalPolicyFiles(foundIn: place == .discovered ? directory : nil)
        if let file, place == .discovered, content == nil, Files.real(file)?.removingLastComponent() != directory {
            // Error messages could otherwise quote a file that the owner of the repository may not read.
            throw IOFailure(
                message: "\(printable(file.string)): a policy cannot be a symbolic link that leads out of its directory: name "
                    + "it with --config")
        }
        chain = try file.map { [source] in try PolicyChain($0, from: source, content: content) }
    }

    /// What decides which hosts it may name.
    var origin: PolicyOrigin {
        switch place {
        case .named: .named
        case .system: .system
        case .none, .discovered, .tree: .discovered
        }
    }

    /// The name of the file for a person; nil where there is no policy.
    var name: String? {
        guard let file = chain?.files[0] else { return nil }
        return place == .tree ? source.name(of: file) : Self.shown(file)
    }

    /// A file as it is called from the current directory, if it lies below.
    static func shown(_ file: FilePath) -> String {
        var path = file
        guard let current = Files.real("."), path.removePrefix(current) else { return file.string }
        return path.string
    }

    /// The directory that the policy's paths start from; without a policy, the current directory.
    var directory: FilePath {
        guard let own = chain?.directory(of: 0) else { return Files.real(".") ?? "." }
        if place == .tree { return own }
        let directory: FilePath = own.isEmpty ? "." : own
        return Files.real(directory) ?? directory
    }

    /// Reads the policy and its hosts.
    ///
    /// - Parameter hosts: the hosts that the command line names, which take the place of the policy's.
    func read(_ settings: Settings, _ hosts: [Host], _ knowledge: CPUKnowledge) throws -> (policy: Policy, hosts: [Host]) {
        var policy = Policy()
        var hosts = hosts
        if let chain {
            policy = try chain.policy(origin: origin)
            if hosts.isEmpty {
                let arguments = HostArguments(knowledge, timeout: settings.timeout, libvirt: settings.libvirt)
                var patterns = policy.hosts
                if settings.ignoresLocalMachine { patterns.removeAll { $0.kind == .local } }
                hosts = try arguments.hosts(of: patterns, in: chain, origin: origin, source)
                let leftOut = patterns.count < policy.hosts.count ? ["local"] : []
                try policy.check(hostsNamed: hosts.map(\.name) + leftOut, in: chain.documents.map(\.file))
            }
            // Only now is it known which names the hosts have.
            policy = try chain.policy(
                origin: origin, names: TargetNames(try KnownHosts(hosts, knowledge).knowledge, hosts: hosts))
        }
        if let libvirt = settings.libvirt { policy.libvirt = libvirt }
        return (policy, hosts)
    }
}
