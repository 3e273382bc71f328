import ArgumentParser
import CPUModel
import DomainXML
import Hosts
import Lint
import SystemPackage

/// `virt-cpu compare --host SPEC… FILE…`.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare guests' CPUs with hosts': identical, superset or incompatible, and why.",
        discussion: """
            As virsh cpu-compare does, by libvirt's CPU map alone: what QEMU and KVM add and take away is not looked \
            at. Exit status 1 when one is incompatible, 2 when a file or a host cannot be read; what cannot be judged is said, and counts as neither.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(name: .long, parsing: .singleValue, help: ArgumentHelp("A host: a file or pattern, local, or a libvirt URI. Repeatable.", valueName: "spec"))
    var host: [String]

    @Option(name: .long, help: "text, or json (one object a line).")
    var format = Format.text

    @OptionGroup var map: CPUMapOptions
    @OptionGroup var libvirt: LibvirtOptions

    @Argument(help: ArgumentHelp("Files with domains, or with one <cpu>.", valueName: "file"))
    var files: [String]

    func run() throws {
        let knowledge = try map.knowledge()
        let hosts = try HostArguments(knowledge: knowledge, timeout: libvirt.timeout).hosts(for: host)
        let output = StandardOutput()
        var isIncompatible = false, isFailed = false
        for file in files {
            let guests: [ComparedGuest]
            do {
                guests = try ComparedGuest.read(file)
            } catch let failure as any Failure {
                // The other files' answers stand all the same.
                try output.flush()
                complain(failure.shown)
                isFailed = true
                continue
            }
            for guest in guests {
                for host in hosts {
                    let answer = Answer(guest, on: host, map: knowledge.map)
                    if answer.result == .incompatible { isIncompatible = true }
                    if answer.result == .error { isFailed = true }
                    try output.write(format == .json ? answer.json : answer.text)
                }
            }
        }
        try output.flush()
        if isFailed { throw ExitStatus.failed }
        if isIncompatible { throw ExitStatus.found }
    }
}

/// A guest's CPU, and what to call it.
private struct ComparedGuest {
    var name: String
    /// `nil` for a domain without a CPU of its own.
    var cpu: CPUDefinition?
    /// It has a `<cpu>` that libvirt does not take.
    var isRefused = false

    static func read(_ path: String) throws -> [ComparedGuest] {
        let bytes = try Files.read(FilePath(path), limit: 64 << 20)
        do {
            if let cpu = try Host.bareCPU(bytes) { return [ComparedGuest(name: path, cpu: cpu)] }
        } catch {
            throw IOFailure(located: printable("\(path):\(error.line):1: error: \(error.message)"))
        }
        let collector = Collector(path)
        let reader = DomainReader(handler: collector)
        do {
            try bytes.withUnsafeBytes { try reader.feed($0) }
            try reader.finish()
        } catch let error as MalformedInput {
            throw IOFailure(located: "\(printable(path)):\(error.position): error: \(error.message)")
        }
        guard !collector.guests.isEmpty else { throw IOFailure(message: "\(printable(path)): no <domain> and no <cpu> in it") }
        return collector.guests
    }

    private final class Collector: DomainStreamHandler {
        let path: String
        var guests: [ComparedGuest] = []

        init(_ path: String) { self.path = path }

        func passThrough(_ bytes: UnsafeRawBufferPointer) {}

        func document(_ document: Document) -> Bool {
            for domain in document.domains {
                var cpu = domain.cpu.flatMap { CPUDefinition($0, in: domain) }
                cpu?.architecture = domain[domain.arch]
                guests.append(
                    ComparedGuest(
                        name: domain[domain.name?.text] ?? path, cpu: cpu, isRefused: domain.cpu != nil && cpu == nil))
            }
            return true
        }
    }
}

private struct Answer {
    enum Result: String { case identical, superset, incompatible, notJudged = "not judged", error }

    var guest: String
    var host: String
    var result: Result
    var missing: [String] = []
    var extra: [String] = []
    var reason: String?

    init(_ guest: ComparedGuest, on host: Host, map: CPUMap) {
        self.guest = guest.name
        self.host = host.name
        if guest.isRefused {
            result = .error
            reason = "libvirt does not take its <cpu>: virt-cpu check says why"
            return
        }
        var isPPC64 = false
        if case .ppc64 = CPUFamily(architecture: host.cpu?.architecture ?? "") { isPPC64 = true }
        // <model> under host-model is a compatibility mode there.
        guard let cpu = guest.cpu, isPPC64 && cpu.mode == .hostModel || cpu.model != nil && cpu.mode == .custom else {
            result = .notJudged
            reason = "the guest names no CPU model: it gets what the host or the hypervisor gives"
            return
        }
        guard let native = host.cpu else {
            result = .notJudged
            reason = host.domainCapabilities.isEmpty
                ? "nothing is known of the host's CPU"
                : "only the host's domain capabilities are known: virt-cpu check judges by them"
            return
        }
        do {
            switch try map.compare(cpu, on: native) {
            case .identical: result = .identical
            case .superset(let features):
                result = .superset
                extra = map.x86.featureNames(in: features)
            case .incompatible(let cause):
                result = .incompatible
                reason = "\(cause)"
                if case .missingFeatures(let names) = cause { missing = names }
                if case .extraFeatures(let names) = cause { extra = names }
            case .notJudged(let architecture):
                result = .notJudged
                reason = "CPUs of \(architecture) are not in libvirt's CPU map"
            }
        } catch {
            result = .error
            reason = "\(error)"
        }
    }

    var text: String {
        let why = reason.map { ": \(printable($0))" } ?? ""
        return "\(printable(guest)) on \(printable(host)): \(result.rawValue)\(why)\n"
    }

    var json: String {
        var object = JSONObject()
        object.add("guest", guest)
        object.add("host", host)
        object.add("result", result.rawValue)
        object.add("missing", missing)
        object.add("extra", extra)
        object.add("reason", reason)
        return object.text + "\n"
    }
}
