public import CPUModel
import XMLTree

extension Host {
    /// The CPUs in a file of `<cpu>` elements, capabilities and domain capabilities, one after another, as
    /// `virsh cpu-compare` and `virsh cpu-baseline` take them. Capabilities mean their `<host><cpu>`, domain capabilities
    /// the host-model that a guest starts with. Nil for a file with anything else, such as a domain.
    ///
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: the path of the file, for errors.
    ///   - map: the CPU map of the libvirt that printed it.
    ///   - libvirt: the release of that libvirt; nil if nothing says it.
    /// - Throws: `HostError` with a place for a `<cpu>` that libvirt refuses, and for capabilities without a CPU.
    public static func cpus(
        in bytes: [UInt8], file: String, map: CPUMap = .builtIn, libvirt: LibvirtVersion? = nil
    ) throws(HostError) -> [CPUDefinition]? {
        guard let documents = try? HostDocuments(bytes, file: file).read(),
            documents.allSatisfy({ ["cpu", "capabilities", "domainCapabilities"].contains($0.root.name) })
        else { return nil }
        var cpus: [CPUDefinition] = []
        for document in documents {
            do {
                cpus.append(try cpu(in: document.root, map, libvirt))
            } catch {
                throw HostError(file: file, line: document.lineOffset + error.line, column: 1, message: error.message)
            }
        }
        return cpus
    }

    /// A file describes one host, so that `HostFiles` reads it: it has capabilities, domain capabilities, CPU data or a
    /// `<cpu>` with `<arch>`, but no two CPUs. A file that cannot be read as XML counts too: `HostFiles` words what is
    /// wrong.
    public static func isOneHost(_ bytes: [UInt8], file: String) -> Bool {
        guard let documents = try? HostDocuments(bytes, file: file).read() else { return true }
        var cpus = 0, accelerated = 0
        for document in documents {
            switch document.root.name {
            // Those of several types of guests are one host's; of two hosts, both have hardware virtualisation.
            case "domainCapabilities":
                if document.root.child("domain")?.text != "qemu" { accelerated += 1 }
            case "cpu" where document.root.child("arch") == nil: return false
            case "cpu", "capabilities", "cpudata": cpus += 1
            case "domain", "domains", "domstatus", "domainsnapshot": return false
            default: continue
            }
        }
        return cpus <= 1 && (accelerated <= 1 || cpus == 1)
    }

    private static func cpu(
        in root: XMLElement, _ map: CPUMap, _ libvirt: LibvirtVersion?
    ) throws(CPUElementError) -> CPUDefinition {
        switch root.name {
        case "capabilities":
            guard let cpu = root.child("host")?.child("cpu") else { throw root.fault("no <host><cpu> in the capabilities") }
            return try CPUDefinition(cpu)
        case "domainCapabilities":
            let capabilities = try DomainCapabilities(root)
            guard var cpu = capabilities.startedHostModel(map.x86, release: libvirt) else {
                throw root.fault("the domain capabilities have no host-model")
            }
            (cpu.mode, cpu.architecture) = (.custom, capabilities.platform.architecture)
            return cpu
        default: return try CPUDefinition(root)
        }
    }
}
