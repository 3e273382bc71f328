public import CPUModel
import XMLTree

/// Hosts from files: the output of `virsh capabilities` and `virsh domcapabilities`, a host's `<cpu>`, libvirt's
/// `<cpudata>`, or a file with several of these one after another.
public enum HostFiles {
    /// A file's path, which names the host and stands in messages, and its bytes.
    public typealias File = (path: String, bytes: [UInt8])

    /// Reads the files. Those of one directory with the same stem are one host: `hv01.capabilities.xml` and
    /// `hv01.domcapabilities.xml`.
    ///
    /// - Parameters:
    ///   - files: their order is the hosts'.
    ///   - map: what CPUID data are decoded by; the built-in map otherwise.
    /// - Throws: `HostError` for what is no host's description, two descriptions of one host's CPU, and files of more
    ///   than 16 MiB.
    public static func read(_ files: [File], map: CPUMap? = nil) throws(HostError) -> [Host] {
        if files.count > HostLimits.files {
            throw HostError(file: files[0].path, message: "more than \(HostLimits.files) host files")
        }
        var hosts: [HostBuilder] = []
        var places: [String: Int] = [:]
        var stems: [String] = []
        for (path, bytes) in files {
            if bytes.count > HostLimits.bytes {
                throw HostError(
                    file: path, message: "the file is larger than any host's description (\(HostLimits.bytes >> 20) MiB)")
            }
            let stem = stem(of: path)
            let place = places[stem] ?? hosts.count
            if place == hosts.count {
                places[stem] = place
                stems.append(stem)
                hosts.append(HostBuilder(name: name(of: path)))
                hosts[place].host.file = path
            }
            for document in try HostDocuments(bytes, file: path).read() {
                let hadCPU = hosts[place].host.cpu != nil
                do {
                    try hosts[place].add(document.root, map: map)
                } catch {
                    throw HostError(file: path, line: document.lineOffset + error.line, column: 1, message: error.message)
                }
                if !hadCPU, hosts[place].host.cpu != nil { hosts[place].host.file = path }
            }
        }
        // Hosts of one name in several directories are told apart by their paths.
        let names = Dictionary(hosts.map { ($0.host.name, 1) }, uniquingKeysWith: +)
        return zip(hosts, stems).map { builder, stem in
            var host = builder.host
            if names[host.name]! > 1 { host.name = stem }
            return host
        }
    }

    /// `hv01` for `hosts/hv01.capabilities.xml`.
    static func name(of path: String) -> String {
        String(stem(of: path).split(separator: "/").last ?? "host")
    }

    /// What files of one host have in common: the path without `.xml` and a word for the kind.
    private static func stem(of path: String) -> String {
        var stem = path[...]
        func drop(_ suffixes: [String]) {
            guard let suffix = suffixes.first(where: { stem.hasSuffix($0) }) else { return }
            let rest = stem.dropLast(suffix.count)
            if !rest.isEmpty, !rest.hasSuffix("/") { stem = rest }
        }
        drop([".xml"])
        drop([".capabilities", ".domcapabilities", ".domaincapabilities", ".caps", ".domcaps", ".cpu", ".cpudata"])
        return String(stem)
    }
}

/// A host while its documents are read.
private struct HostBuilder {
    var host: Host
    private var platforms: Set<DomainPlatform> = []

    init(name: String) { host = Host(name: name, cpu: nil) }

    mutating func add(_ root: XMLElement, map: CPUMap?) throws(CPUElementError) {
        switch root.name {
        case "capabilities": try add(capabilities: root)
        case "domainCapabilities": try add(domainCapabilities: root)
        case "cpu": try setCPU(Self.cpu(root), at: root)
        case "cpudata":
            let data = try CPUIDData(root)
            let cpu: CPUDefinition
            do {
                cpu = try (map ?? .builtIn).x86.decode(data, as: .host)
            } catch {
                throw CPUElementError(line: root.line, message: "\(error)")
            }
            try setCPU(cpu, at: root)
            host.hasModelSpecificRegisters = data.hasModelSpecificRegisters
        default:
            throw CPUElementError(
                line: root.line,
                message: "<\(root.name)> is no host description: <capabilities>, <domainCapabilities>, <cpu> or "
                    + "<cpudata> is wanted, as virsh capabilities and virsh domcapabilities print them")
        }
    }

    private mutating func add(capabilities root: XMLElement) throws(CPUElementError) {
        guard let cpu = root.child("host")?.child("cpu") else {
            throw CPUElementError(line: root.line, message: "no <host><cpu> in the capabilities")
        }
        try setCPU(Self.cpu(cpu), at: cpu)
        host.guestSupport = root.children("guest").compactMap { GuestSupport($0) }
    }

    private mutating func add(domainCapabilities root: XMLElement) throws(CPUElementError) {
        let capabilities = try DomainCapabilities(root)
        if !platforms.insert(capabilities.platform).inserted {
            throw CPUElementError(
                line: root.line, message: "the domain capabilities of this machine and emulator are given twice")
        }
        host.domainCapabilities.append(capabilities)
    }

    private mutating func setCPU(_ cpu: CPUDefinition, at element: XMLElement) throws(CPUElementError) {
        if host.cpu != nil {
            throw CPUElementError(
                line: element.line, message: "the CPU of host \(host.name) is given twice: a file describes one host")
        }
        host.cpu = cpu
    }

    /// A `<cpu>` with an `<arch>`. One with a guest's words (`mode`, `match`, `policy`) is taken as they say.
    private static func cpu(_ element: XMLElement) throws(CPUElementError) -> CPUDefinition {
        guard let architecture = element.child("arch")?.nonEmptyText else {
            throw CPUElementError(line: element.line, message: "the host's <cpu> has no <arch>: <arch> is wanted")
        }
        let isGuests = element["mode"] != nil || element["match"] != nil
            || element.children("feature").contains { $0["policy"] != nil }
        return try CPUDefinition(element, kind: isGuests ? .guest : .host, architecture: architecture)
    }
}

extension CPUIDData {
    /// Whether any register was read: most dumps have none.
    var hasModelSpecificRegisters: Bool {
        words.keys.contains { if case .msr = $0 { true } else { false } }
    }
}

extension Host {
    /// Reads a host's capabilities.
    ///
    /// - Parameters:
    ///   - bytes: the output of `virsh capabilities`; whatever else `HostFiles.read` takes will do.
    ///   - file: for messages; its last component names the host.
    /// - Throws: `HostError` when it is anything else.
    public init(capabilities bytes: [UInt8], file: String) throws(HostError) {
        self = try HostFiles.read([(file, bytes)])[0]
    }
}
