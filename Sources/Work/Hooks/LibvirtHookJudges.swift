import Glibc
import Hosts
import Lint
import SystemPackage

/// The judges of libvirt's hook: the policy against this host.
struct LibvirtHookJudges {
    /// The output of `virsh capabilities` and `virsh domcapabilities` on this host.
    private static let savedHost: FilePath = "/etc/virt-cpu/host.xml"

    private let policyFile: String?
    private let hosts: [String]

    /// - Parameters:
    ///   - policyFile: the policy file that was named; nil for the one in `/etc`.
    ///   - hosts: files that describe this host; empty for `savedHost`, or else this machine's CPUID.
    init(policyFile: String?, hosts: [String]) {
        self.policyFile = policyFile
        self.hosts = hosts
    }

    /// A judge that judges this machine by the CPU map of the installed libvirt.
    ///
    /// - Parameter isRunning: the guest runs already, so that only this host's capabilities count.
    func judge(isRunning: Bool) throws -> Judge { try judge(isRunning: isRunning, CPUKnowledge()) }

    private func judge(isRunning: Bool, _ knowledge: CPUKnowledge) throws -> Judge {
        let arguments = HostArguments(knowledge)
        let machine = try thisMachine(arguments)
        if isRunning {
            // A broken policy does not matter to a running guest. A policy that turns the host rule off does.
            let policy = (try? policy().policy) ?? Policy()
            return Judge(
                policy: policy, hosts: machine, targetHosts: [], purpose: .resume,
                knowledge: try KnownHosts(machine, knowledge).knowledge)
        }
        let (stated, chain, origin) = try policy()
        var cluster = machine
        if let chain, !stated.hosts.isEmpty {
            // A host with a URI would be asked through libvirt, which is waiting for this hook. Without it, nothing can
            // be said about targets that need hosts.
            let isAskable = !stated.hosts.contains { $0.kind == .uri }
            cluster = isAskable
                ? try arguments.hosts(of: stated.hosts, in: chain, origin: origin, LocalPolicyFiles(foundIn: nil)) : []
            if isAskable { try stated.check(hostsNamed: cluster.map(\.name), in: chain.documents.map(\.file)) }
        }
        let known = try KnownHosts(machine + cluster, knowledge).knowledge
        // Only now is it known which names the hosts have.
        let policy = try self.policy(TargetNames(known, hosts: cluster.isEmpty ? machine : cluster)).policy
        return Judge(policy: policy, hosts: machine, targetHosts: cluster, purpose: .start, knowledge: known)
    }

    /// - Parameter names: the names that targets may have; nil to check none.
    private func policy(_ names: TargetNames? = nil) throws -> (policy: Policy, chain: PolicyChain?, origin: PolicyOrigin) {
        let file = policyFile.map { FilePath($0) } ?? PolicyFile.system
        let origin: PolicyOrigin = policyFile == nil ? .system : .named
        guard policyFile != nil || Files.exists(file) else { return (Policy(), nil, origin) }
        let chain = try PolicyChain(file, from: LocalPolicyFiles(foundIn: nil))
        return (try chain.policy(origin: origin, names: names), chain, origin)
    }

    /// The machine that the hook runs on, under its own name: in a cluster's log, `local` and `host` say little.
    private func thisMachine(_ arguments: HostArguments) throws -> [Host] {
        var paths = self.hosts
        if paths.isEmpty, Files.exists(Self.savedHost) { paths = [Self.savedHost.string] }
        var hosts: [Host]
        if paths.isEmpty {
            // If the map does not contain the processor, there is no host, and the rules about hosts are not run.
            hosts = (try? Host.local(map: arguments.knowledge.map)).map { [$0] } ?? []
        } else {
            let files = try paths.map { ($0, try Files.read(FilePath($0))) }
            hosts = try HostFiles.read(files, map: arguments.knowledge.map)
        }
        var names = utsname()
        for index in hosts.indices { hosts[index].useInstalledLibvirt() }
        if hosts.count == 1, uname(&names) == 0 {
            hosts[0].name = withUnsafeBytes(of: &names.nodename) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        return hosts
    }
}
