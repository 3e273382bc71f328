import CPUModel
import XMLTree

/// A host of which some documents have been read.
struct HostBuilder {
    var host: Host
    /// The platforms whose domain capabilities were read, each with its file.
    private var platforms: [DomainPlatform: String] = [:]
    /// The file that describes the host's CPU.
    private var cpuFile: String?

    init(name: String) { host = Host(name: name, cpu: nil) }

    /// Adds what a document says about the host.
    ///
    /// - Parameters:
    ///   - root: the root element of the document.
    ///   - file: the file that contains the document.
    ///   - map: the CPU map by which CPUID data is decoded; nil for the built-in one.
    mutating func add(_ root: XMLElement, in file: String, map: CPUMap?) throws(CPUElementError) {
        switch root.name {
        case "capabilities": try add(capabilities: root, in: file)
        case "domainCapabilities": try add(domainCapabilities: root, in: file)
        case "cpu": try setCPU(Self.cpu(root), at: root, in: file)
        case "cpudata":
            let data = try CPUIDData(root)
            let cpu: CPUDefinition
            do {
                cpu = try (map ?? .builtIn).x86.decode(data, as: .host)
            } catch {
                throw root.fault("\(error)")
            }
            try setCPU(cpu, at: root, in: file)
            host.hasModelSpecificRegisters = data.words.keys.contains { if case .msr = $0 { true } else { false } }
        default:
            throw root.fault(
                "<\(root.name)> is not a host description: expected <capabilities>, <domainCapabilities>, <cpu> or "
                    + "<cpudata>, as printed by virsh capabilities and virsh domcapabilities")
        }
    }

    private mutating func add(capabilities root: XMLElement, in file: String) throws(CPUElementError) {
        guard let cpu = root.child("host")?.child("cpu") else {
            throw root.fault("no <host><cpu> in the capabilities")
        }
        try setCPU(Self.cpu(cpu), at: cpu, in: file)
        if let addresses = cpu.child("maxphysaddr"), addresses["mode"] == AddressMode.emulate.rawValue {
            host.physicalAddressBits = addresses["bits"].flatMap { UInt32(libvirt: $0) }.map { Int($0) }
        }
        host.uuid = root.child("host")?.child("uuid")?.nonEmptyText
        host.guestSupport = root.children("guest").compactMap { GuestSupport($0) }
    }

    /// Adds domain capabilities that were read before, from an equal file.
    ///
    /// - Returns: false if the host has some for this platform already, which is an error.
    mutating func add(_ capabilities: DomainCapabilities, in file: String) -> Bool {
        if platforms[capabilities.platform] != nil { return false }
        platforms[capabilities.platform] = file
        host.domainCapabilities.append(capabilities)
        return true
    }

    private mutating func add(domainCapabilities root: XMLElement, in file: String) throws(CPUElementError) {
        let capabilities = try DomainCapabilities(root)
        if let other = platforms.updateValue(file, forKey: capabilities.platform) {
            throw root.fault(
                "the domain capabilities for this machine and emulator appear twice"
                    + (other == file ? "" : ": \(other) contains them too"))
        }
        host.domainCapabilities.append(capabilities)
    }

    private mutating func setCPU(
        _ cpu: CPUDefinition, at element: XMLElement, in file: String
    ) throws(CPUElementError) {
        if let cpuFile {
            throw element.fault(
                "the CPU of host \(host.name) is described twice: "
                    + (cpuFile == file ? "a file can describe only one host, and can be named only once"
                        : "\(cpuFile) describes it too; files of different hosts need different names"))
        }
        host.cpu = cpu
        cpuFile = file
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
