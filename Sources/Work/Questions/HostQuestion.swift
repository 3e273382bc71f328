import CPUModel
import Hosts
import Lint
import Reports
import SystemPackage

/// What a question about hosts starts from: a CPU map, and the hosts that were named or that a policy names.
package struct HostQuestion {
    private let base: CPUKnowledge
    var arguments: HostArguments
    let channels: Channels
    private let settings: Settings

    /// - Parameters:
    ///   - policyFile: the policy file that was named; nil to look for one.
    ///   - ignoresPolicies: use no policy.
    ///   - libvirt: the release of every host's libvirt; nil if each host's own is found out.
    ///   - timeout: seconds that a libvirt URI may take for each answer.
    ///   - channels: where a note about names that no CPU map has goes.
    /// - Throws: what is wrong with the CPU map.
    package init(
        _ source: CPUMapSource, libvirt: LibvirtVersion? = nil, timeout: Int, policyFile: String? = nil,
        ignoresPolicies: Bool = false, _ channels: Channels = .standard
    ) throws {
        var settings = Settings()
        (settings.cpuMap, settings.libvirt, settings.timeout) = (source, libvirt, timeout)
        (settings.policyFile, settings.ignoresPolicies) = (policyFile, ignoresPolicies)
        self.settings = settings
        base = try source.knowledge()
        arguments = HostArguments(base, timeout: timeout, libvirt: libvirt)
        arguments.standardInput = StandardInput(channels)
        self.channels = channels
    }

    /// The hosts that were named, each with the CPU map of its libvirt. Names that no map has are taken from the hosts.
    /// - Throws: `IOFailure` for a file that cannot be read; `HostError` for a host that does not answer.
    func hosts(_ specs: [String]) throws -> KnownHosts { try known(arguments.hosts(for: specs)) }

    /// The hosts that were named, or if there are none, those of the policy.
    ///
    /// - Parameter path: the file whose policy applies; nil and `-` for the policy of the current directory.
    func hosts(_ specs: [String], orOfPolicyFor path: String?) throws -> KnownHosts {
        try hosts(specs, ofPolicyIn: path.flatMap { directory(of: $0) } ?? ".")
    }

    /// What policies include besides `*.xml`, for files that are looked for.
    var included: IncludedFiles { IncludedFiles(settings) }

    /// The hosts that were named, or if there are none, those of the policy of a directory.
    private func hosts(_ specs: [String], ofPolicyIn directory: FilePath) throws -> KnownHosts {
        if !specs.isEmpty { return try hosts(specs) }
        return try known(policy(in: directory).hosts)
    }

    /// The directory that a file lies in, or the directory itself.
    private func directory(of path: String) -> FilePath? {
        let path = Files.named(by: [path])[0]
        return path != "-" && Files.isDirectory(path) ? path : InputFile.file(path, channels).directory
    }

    /// The policy for a file, with its hosts.
    func policy(for path: String?) throws -> (policy: Policy, hosts: [Host]) {
        try policy(in: path.flatMap { directory(of: $0) } ?? ".")
    }

    /// The policy of a directory, with its hosts. A release that the policy states counts for them.
    private func policy(in directory: FilePath) throws -> (policy: Policy, hosts: [Host]) {
        var lookup = try PolicyLookup(settings, purpose: .check)
        var (policy, hosts) = try lookup.hosts(forDirectory: directory)
        lookup.strangers.sorted { $0.string < $1.string }.forEach {
            channels.sendErrors(note(PolicyLookup.remark(onStranger: $0)))
        }
        guard policy.libvirt != nil else { return (policy, hosts) }
        let knowledge = try KnownHosts(hosts, base).knowledge
        for index in hosts.indices {
            hosts[index].libvirt = hosts[index].libvirtRelease(oldest: policy.libvirt, knowledge)
        }
        return (policy, hosts)
    }

    /// The same as `hosts(_:orOfPolicyFor:)`, for a question that has no answer without a host.
    func someHosts(_ specs: [String], orOfPolicyFor path: String?) throws -> KnownHosts {
        try someHosts(specs, ofPolicyIn: path.flatMap { directory(of: $0) } ?? ".")
    }

    /// The same as `hosts(_:ofPolicyIn:)`, for a question that has no answer without a host.
    func someHosts(_ specs: [String], ofPolicyIn directory: FilePath) throws -> KnownHosts {
        let known = try hosts(specs, ofPolicyIn: directory)
        guard !known.hosts.isEmpty else {
            throw IOFailure(message: "no host is given: name one with --host, or name hosts in the policy (virt-cpu init writes one)")
        }
        return known
    }

    /// Refuses a command line on which both a host and a guest are `-`, because stdin can be read only once.
    func checkInput(of files: [String], _ specs: [String]) throws(IOFailure) {
        guard files.contains("-"), specs.contains("-") else { return }
        throw IOFailure(message: "-: stdin cannot be both a host and a file of guests: name one of them")
    }

    /// Hosts with the names that only they have, which are reported.
    func known(_ hosts: [Host]) throws -> KnownHosts {
        let known = try KnownHosts(hosts, base)
        Remark.takenByName(known.hosts, known.knowledge).forEach { channels.sendErrors(note($0.description)) }
        return known
    }

    /// The start check of the hosts that were named, or if there are none, of the policy's.
    package func startCheck(_ specs: [String], orOfPolicyFor path: String? = nil) throws -> StartCheck {
        let known = try hosts(specs, orOfPolicyFor: path)
        return StartCheck(hosts: known.hosts, knowledge: known.knowledge)
    }

    /// What is known of each host.
    /// - Throws: `HostError` when a host named by a URI does not answer.
    package func reports(on specs: [String]) throws -> [HostReport] {
        let known = try someHosts(specs, orOfPolicyFor: nil)
        return try known.hosts.map {
            HostReport($0, hypervisors: try $0.nativeCapabilities(), map: known.map(of: $0))
        }
    }

    /// libvirt's `<cpu>` of each host whose CPU is known.
    package func cpuElements(of specs: [String]) throws -> String {
        try someHosts(specs, orOfPolicyFor: nil).hosts.compactMap { $0.cpu?.xml }.joined()
    }
}
