import CPUModel
import XMLTree

/// A host of which some documents have been read.
struct HostBuilder {
    var host: Host
    private var platforms: Set<DomainPlatform> = []

    init(name: String) { host = Host(name: name, cpu: nil) }

    /// Adds what a document says about the host.
    ///
    /// - Parameters:
    ///   - root: the root element of the document.
    ///   - map: the CPU map by which CPUID data is decoded; nil for the built-in one.
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
                throw root.fault("\(error)")
            }
            try setCPU(cpu, at: root)
            host.hasModelSpecificRegisters = data.words.keys.contains { if case .msr = $0 { true } else { false } }
        default:
            throw root.fault(
                "<\(root.name)> is not a host description: expected <capabilities>, <domainCapabilities>, <cpu> or "
                    + "<cpudata>, as printed by virsh capabilities and virsh domcapabilities")
        }
    }

    private mutating func add(capabilities root: XMLElement) throws(CPUElementError) {
        guard let cpu = root.child("host")?.child("cpu") else {
            throw root.fault("no <host><cpu> in the capabilities")
        }
        try setCPU(Self.cpu(cpu), at: cpu)
        host.guestSupport = root.children("guest").compactMap { GuestSupport($0) }
    }

    private mutating func add(domainCapabilities root: XMLElement) throws(CPUElementError) {
        let capabilities = try DomainCapabilities(root)
        if !platforms.insert(capabilities.platform).inserted {
            throw root.fault("the domain capabilities for this machine and emulator appear twice")
        }
        host.domainCapabilities.append(capabilities)
    }

    private mutating func setCPU(_ cpu: CPUDefinition, at element: XMLElement) throws(CPUElementError) {
        if host.cpu != nil {
            throw element.fault("the CPU of host \(host.name) is described twice: a file can describe only one host")
        }
        host.cpu = cpu
    }

    /// Reads a `<cpu>` with an `<arch>`. It describes a guest's CPU if it has a guest's attributes (`mode`, `match`,
    /// `policy`), and a host's otherwise.
    private static func cpu(_ element: XMLElement) throws(CPUElementError) -> CPUDefinition {
        guard let architecture = element.child("arch")?.nonEmptyText else {
            throw element.fault("the host's <cpu> has no <arch>, which is required")
        }
        let isGuests = element["mode"] != nil || element["match"] != nil
            || element.children("feature").contains { $0["policy"] != nil }
        return try CPUDefinition(element, kind: isGuests ? .guest : .host, architecture: architecture)
    }
}
