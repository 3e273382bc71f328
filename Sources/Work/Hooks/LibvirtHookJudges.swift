import Glibc
import Hosts
import Lint
import SystemPackage

/// The judges of libvirt's hook: the policy against this host.
struct LibvirtHookJudges {
    /// The output of `virsh capabilities` and `virsh domcapabilities` on this host.
    private static let savedHost: FilePath = "/etc/virt-cpu/host.xml"

    private let hook: LibvirtHook

    init(_ hook: LibvirtHook) { self.hook = hook }

    /// A judge that uses the CPU map of the installed libvirt, which may know newer models; or the built-in map, if
    /// libvirt is not installed or its map does not contain a name in the policy or the hosts.
    ///
    /// - Parameter isRunning: the guest runs already, so that only this host's capabilities count.
    func judge(isRunning: Bool) throws -> Judge {
        if let system = try? CPUMapSource.system.knowledge(), let judge = try? judge(isRunning: isRunning, system) { return judge }
        return try judge(isRunning: isRunning, CPUKnowledge())
    }

    private func judge(isRunning: Bool, _ knowledge: CPUKnowledge) throws -> Judge {
        let arguments = HostArguments(knowledge)
        let machine = try thisMachine(arguments)
        if isRunning {
            // A broken policy does not matter to a running guest. A policy that turns the host rule off does.
            let policy = (try? policy(knowledge).policy) ?? Policy()
            return Judge(policy: policy, hosts: machine, targetHosts: [], purpose: .resume, knowledge: knowledge)
        }
        let (policy, file, origin) = try policy(knowledge)
        var cluster = machine
        if !policy.hosts.isEmpty {
            // A host with a URI would be asked through libvirt, which is waiting for this hook. Without it, nothing can
            // be said about targets that need hosts.
            let isAskable = !policy.hosts.contains { $0.kind == .uri }
            cluster = isAskable
                ? try arguments.withKnownModels(
                    arguments.hosts(
                        of: policy.hosts, in: file.string, directory: file.removingLastComponent(), origin: origin,
                        LocalPolicyFiles(mustBeBelow: false)))
                : []
        }
        return Judge(policy: policy, hosts: machine, targetHosts: cluster, purpose: .start, knowledge: knowledge)
    }

    private func policy(_ knowledge: CPUKnowledge) throws -> (policy: Policy, file: FilePath, origin: PolicyOrigin) {
        let file = hook.policyFile.map { FilePath($0) } ?? PolicyLookup.systemFile
        let origin: PolicyOrigin = hook.policyFile == nil ? .system : .named
        guard hook.policyFile != nil || Files.exists(file) else { return (Policy(), file, origin) }
        let bytes = try Files.read(file, limit: PolicyLookup.sizeLimit)
        let policy = try Policy.parse(bytes, file: file.string, origin: origin, knownRules: Rule.ids, knowledge: knowledge)
        return (policy, file, origin)
    }

    /// This machine, under its own name: in a cluster's log, `local` and `host` say little.
    private func thisMachine(_ arguments: HostArguments) throws -> [Host] {
        var paths = hook.hosts
        if paths.isEmpty, Files.exists(Self.savedHost) { paths = [Self.savedHost.string] }
        var hosts: [Host]
        if paths.isEmpty {
            // If the map does not contain the processor, there is no host, and the rules about hosts are not run.
            hosts = (try? Host.local(map: arguments.knowledge.map)).map { [$0] } ?? []
        } else {
            let files = try paths.map { ($0, try Files.read(FilePath($0))) }
            hosts = try arguments.withKnownModels(try HostFiles.read(files, map: arguments.knowledge.map))
        }
        var names = utsname()
        if hosts.count == 1, uname(&names) == 0 {
            hosts[0].name = withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return hosts
    }
}
