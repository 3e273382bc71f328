import CPUModel
import DomainXML
import Hosts
import Lint
import Reports
import SystemPackage

/// A guest's CPU to compare with hosts, and the guest's name.
struct ComparedGuest {
    var name: String
    /// nil for a domain without a CPU of its own.
    var cpu: CPUDefinition?
    /// The guest has a `<cpu>` that libvirt does not accept.
    var isRefused = false

    /// The guests of a file with domains, or the CPU of a file with one `<cpu>`.
    /// - Throws: `IOFailure` for a file that cannot be read or has neither.
    static func read(_ path: String) throws -> [ComparedGuest] {
        let bytes = try Files.read(FilePath(path), limit: DomainReader.defaultMaximumDomainSize)
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
            throw IOFailure(error, in: path)
        }
        guard !collector.guests.isEmpty else { throw IOFailure(message: "\(printable(path)): contains neither a <domain> nor a <cpu>") }
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
