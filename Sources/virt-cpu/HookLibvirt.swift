import ArgumentParser
import CPUModel
import DomainXML
import Glibc
import Hosts
import Lint
import SystemPackage

/// `virt-cpu hook libvirt`: libvirt's qemu hook.
///
/// The contract is libvirt's docs/hooks.rst. libvirt waits for the hook, without end, and must not be called back by it.
/// What a failing operation costs is the guest: `reconnect` kills it, `prepare` of an incoming migration ends an
/// evacuation. So only `prepare begin` can fail, and only by refusing.
struct LibvirtHook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "libvirt",
        abstract: "libvirt's qemu hook: refuse to start guests that break the policy.",
        discussion: """
            libvirt calls it with the guest's name, the operation and two more words, and the domain on stdin. A fresh \
            start (prepare begin) is refused with 1 when the guest has a finding at error level; libvirt hands its user \
            what stands on stderr. Guests that run already (incoming migration, restoring, reverting) are judged by \
            what this host can do, never by the policy. Every other operation ends with 0, whatever happens, and \
            nothing is ever printed on stdout.

            The policy is --config or /etc/virt-cpu.yaml, the host /etc/virt-cpu/host.xml (virsh capabilities; virsh \
            domcapabilities) or else this machine as CPUID tells of it. A policy or host that cannot be read stops no \
            guest: it is told to the system log, and with --strict refuses fresh starts.
            """)

    static let savedHost: FilePath = "/etc/virt-cpu/host.xml"

    @Option(name: .long, help: ArgumentHelp("Read the policy from FILE.", valueName: "file"))
    var config: String?

    @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("This host's description, a file. Repeatable.", valueName: "file"))
    var host: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Where incoming guests are noted between two operations.", valueName: "directory"))
    var state = "/run/virt-cpu"

    @Flag(name: .long, help: "Refuse fresh starts also when the policy, the host or the domain cannot be read.")
    var strict = false

    @Argument(help: ArgumentHelp("The guest's name.", valueName: "name"))
    var guest: String

    @Argument(help: ArgumentHelp("prepare, start, started, migrate, restore, reconnect…", valueName: "operation"))
    var operation: String

    @Argument(help: ArgumentHelp("begin or end.", valueName: "suboperation"))
    var suboperation: String

    @Argument(help: "What libvirt says besides; not looked at.")
    var extra: [String] = []

    func run() throws {
        let incoming = IncomingGuests(directory: FilePath(state))
        switch (operation, suboperation) {
        case ("migrate", "begin"), ("restore", "begin"):
            do { try incoming.note(guest) } catch { Self.report(shown(error)) }
        case ("prepare", "begin"):
            let isUsable = incoming.isUsable
            if !isUsable {
                Self.report("\(printable(state)) cannot be written to: \(printable(guest)) is judged as if it came from another host")
            }
            try prepare(isIncoming: incoming.take(guest) || !isUsable)
        default: return
        }
    }

    private func prepare(isIncoming: Bool) throws {
        let stream = Stream(isRunning: isIncoming, judge: judge)
        do {
            let reader = DomainReader(handler: stream)
            do {
                try StandardInput.read(into: reader, afterEach: {})
                try reader.finish()
            } catch let error as MalformedInput {
                throw IOFailure(message: "the domain on stdin, \(error.position): \(error.message)")
            }
            guard let verdict = stream.verdict else { throw IOFailure(message: "no domain on stdin") }
            let refusals = verdict.findings.filter { $0.severity == .error }
            guard !refusals.isEmpty else { return }
            complain(
                HookRefusal.text(
                    stream.isRunning ? "\(guest) cannot run on this host" : "\(guest) is not started: the policy forbids it",
                    refusals, helps: !stream.isRunning))
            throw ExitStatus.found
        } catch let failure as any Failure {
            let isRefused = strict && !stream.isRunning
            Self.report("\(failure.shown)\(isRefused ? "" : "; \(printable(guest)) was not judged")")
            if isRefused { throw ExitStatus.found }
        }
    }

    private final class Stream: DomainStreamHandler {
        private(set) var isRunning: Bool
        private(set) var verdict: Verdict?
        private let judge: (_ isRunning: Bool) throws -> Judge

        init(isRunning: Bool, judge: @escaping (_ isRunning: Bool) throws -> Judge) {
            self.isRunning = isRunning
            self.judge = judge
        }

        func passThrough(_ bytes: UnsafeRawBufferPointer) {}

        func document(_ document: Document) throws -> Bool {
            guard verdict == nil, let domain = document.domains.first else { return true }
            isRunning = isRunning || Guest(domain, in: document).hasMemory
            let judge = try judge(isRunning)
            verdict = judge.judge(document)
            return true
        }
    }

    // MARK: What it judges by

    /// By the CPU map of the libvirt that asks, which may know newer models; by the built-in one where that is not
    /// installed, or does not know what the policy and the hosts speak of.
    private func judge(isRunning: Bool) throws -> Judge {
        if let system = try? CPUMapChoice.system.knowledge(), let judge = try? judge(isRunning: isRunning, system) { return judge }
        return try judge(isRunning: isRunning, CPUKnowledge())
    }

    private func judge(isRunning: Bool, _ knowledge: CPUKnowledge) throws -> Judge {
        let specs = HostArguments(knowledge: knowledge)
        let machine = try thisMachine(specs)
        if isRunning {
            // A broken policy is nothing to a guest that runs; one that turns the rule off is.
            let policy = (try? policy(knowledge).policy) ?? Policy()
            return Judge(policy: policy, hosts: machine, targetHosts: [], purpose: .resume, knowledge: knowledge)
        }
        let (policy, file, origin) = try policy(knowledge)
        var cluster = machine
        if !policy.hosts.isEmpty {
            // A host with a URI would be asked through libvirt, which waits for this hook. What the policy's default
            // makes of the guest cannot be said without it.
            let isAskable = !policy.hosts.contains { $0.kind == .uri }
            cluster = isAskable
                ? try specs.withKnownModels(
                    specs.hosts(
                        of: policy.hosts, in: file.string, directory: file.removingLastComponent(), origin: origin,
                        FilesBesidePolicy(mustBeBelow: false)))
                : []
        }
        return Judge(policy: policy, hosts: machine, targetHosts: cluster, purpose: .start, knowledge: knowledge)
    }

    private func policy(_ knowledge: CPUKnowledge) throws -> (policy: Policy, file: FilePath, origin: PolicyOrigin) {
        let file = config.map { FilePath($0) } ?? PolicyLookup.systemFile
        let origin: PolicyOrigin = config == nil ? .system : .named
        guard config != nil || Files.exists(file) else { return (Policy(), file, origin) }
        let bytes = try Files.read(file, limit: 1 << 20)
        let policy = try Policy.parse(bytes, file: file.string, origin: origin, knownRules: Rule.ids, knowledge: knowledge)
        return (policy, file, origin)
    }

    /// Under its own name: `local` and `host` say little in a cluster's log.
    private func thisMachine(_ specs: HostArguments) throws -> [Host] {
        var paths = host
        if paths.isEmpty, Files.exists(Self.savedHost) { paths = [Self.savedHost.string] }
        var hosts: [Host]
        if paths.isEmpty {
            // A processor that the map does not know is judged by nobody.
            hosts = (try? Host.local(map: specs.knowledge.map)).map { [$0] } ?? []
        } else {
            let files = try paths.map { ($0, try Files.read(FilePath($0))) }
            hosts = try specs.withKnownModels(try HostFiles.read(files, map: specs.knowledge.map))
        }
        var names = utsname()
        if hosts.count == 1, uname(&names) == 0 {
            hosts[0].name = withUnsafeBytes(of: &names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return hosts
    }

    /// On stderr, which libvirt passes on only when the hook fails, and in the system log, where operators look.
    private static func report(_ message: String) {
        complain(message)
        let daemon: Int32 = 3 << 3
        openlog("virt-cpu", LOG_PID, daemon)
        message.withCString { text in
            withVaList([OpaquePointer(text)]) { vsyslog(LOG_ERR, "%s", $0) }
        }
    }
}

extension LibvirtHook {
    /// A call by libvirt: `hook libvirt [OPTIONS] NAME OPERATION SUBOPERATION EXTRA`. The last four are libvirt's
    /// whatever they look like: a guest may be named `--help`.
    static func isCalled(by arguments: [String]) -> Bool {
        arguments.count >= 7 && arguments[1] == "hook" && arguments[2] == "libvirt"
    }

    /// The exit status of such a call: 1 for a refusal, and else 0, wrong options included.
    static func status(of arguments: [String]) -> Int32 {
        let own = arguments[3..<(arguments.count - 4)].filter { $0 != "--" }
        do {
            try parse(own + ["--"] + arguments.suffix(4)).run()
            return 0
        } catch ExitStatus.found {
            return ExitStatus.found.rawValue
        } catch {
            report("hook libvirt: \(fullMessage(for: error))")
            return 0
        }
    }
}
