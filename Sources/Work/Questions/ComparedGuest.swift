import CPUModel
import DomainXML
import Hosts
import Lint
import Reports
import SystemPackage

/// A guest's CPU to compare with hosts, and the guest's name.
struct ComparedGuest {
    var name: String
    /// Whether the name is the guest's own, and not that of its file.
    var hasName = false
    /// As the definition states it.
    var uuid: String?
    /// nil for a domain without a CPU of its own.
    var cpu: CPUDefinition?
    /// What runs the guest; nil for a `<cpu>` alone.
    var platform: DomainPlatform?
    /// The guest has a `<cpu>` that libvirt does not accept.
    var isRefused = false

    /// The guests of a file with domains, or the CPUs of a file with `<cpu>` elements, capabilities or domain
    /// capabilities.
    ///
    /// - Parameters:
    ///   - input: if it was found below a directory and not named, a description of a host and a file without a guest have
    ///     none.
    ///   - knowledge: the CPU maps.
    ///   - libvirt: the release of the libvirt that printed domain capabilities; nil if that is not known.
    /// - Throws: `IOFailure` for a file that cannot be read, and for one that was named and has none of these; `HostError` for a
    ///   `<cpu>` that is not valid.
    static func read(
        _ input: InputFile, _ knowledge: CPUKnowledge, libvirt: LibvirtVersion?
    ) throws -> [ComparedGuest] {
        let collector = Collector(input.name)
        // A file of domains is read in pieces, whatever its length.
        if case .file(let path) = input.content, StrangeInput.beginsWithDomain(try Files.beginning(of: path)) {
            try input.read(with: DomainReader(), into: collector)
            return try collector.found()
        }
        let bytes = try input.bytes()
        let isOfDomains = StrangeInput.beginsWithDomain(bytes)
        if !input.isNamed, !isOfDomains, let root = StrangeInput.rootName(of: bytes), root != "cpu" { return [] }
        if !isOfDomains,
            let cpus = try Host.cpus(in: bytes, file: input.name, map: knowledge.map(for: libvirt), libvirt: libvirt)
        {
            return cpus.enumerated().map { index, cpu in
                ComparedGuest(name: cpus.count == 1 ? input.name : "\(input.name) (\(index + 1))", cpu: cpu)
            }
        }
        try bytes.withUnsafeBytes { try InputFile.read($0, named: input.name, with: DomainReader(), into: collector) }
        return try collector.found()
    }

    private final class Collector: DomainStreamHandler {
        private let path: String
        private var guests: [ComparedGuest] = []

        init(_ path: String) { self.path = path }

        /// - Throws: `IOFailure` if there is no guest.
        func found() throws -> [ComparedGuest] {
            if guests.isEmpty { throw IOFailure(file: path, message: "contains neither a <domain> nor a <cpu>") }
            return guests
        }

        func passThrough(_ bytes: UnsafeRawBufferPointer) {}

        func document(_ document: Document) -> Bool {
            for domain in document.domains {
                var cpu = domain.cpu.flatMap { CPUDefinition($0, in: domain) }
                cpu?.architecture = domain[domain.arch]
                guests.append(
                    ComparedGuest(
                        name: domain[domain.name?.text] ?? path, hasName: domain.name != nil, uuid: domain[domain.uuid?.text],
                        cpu: cpu, platform: StartQuestion(Guest(domain, in: document))?.platform,
                        isRefused: domain.cpu != nil && cpu == nil))
            }
            return true
        }
    }
}
