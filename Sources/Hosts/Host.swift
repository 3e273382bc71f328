public import CPUModel
import XMLTree

/// A machine that must be able to run the guests.
public struct Host: Sendable {
    /// For messages: file name, URI host, or `local`.
    public var name: String
    /// `/capabilities/host/cpu`: what `virsh capabilities` says of it.
    public var cpu: CPUDefinition?

    public init(name: String, cpu: CPUDefinition?) {
        self.name = name
        self.cpu = cpu
    }
}

/// Why a host source cannot be read.
public struct HostError: Error, Sendable, CustomStringConvertible {
    public var file: String
    /// 1-based.
    public var line: Int
    public var column: Int
    public var message: String

    public var description: String { "\(file):\(line):\(column): error: \(message)" }
}

extension Host {
    /// Reads a host's capabilities.
    ///
    /// - Parameters:
    ///   - bytes: the output of `virsh capabilities`.
    ///   - file: for messages; its last component names the host.
    /// - Throws: `HostError` when it is anything else.
    public init(capabilities bytes: [UInt8], file: String) throws(HostError) {
        try self.init(bytes, file: file, map: CPUMap.builtIn)
    }

    /// Reads what describes one host: capabilities, a host's `<cpu>`, or libvirt's `<cpudata>`.
    ///
    /// - Parameter map: what CPUID data are decoded by.
    /// - Throws: `HostError` when it is anything else.
    public init(_ bytes: [UInt8], file: String, map: @autoclosure () -> CPUMap) throws(HostError) {
        let root: XMLElement
        do {
            root = try XMLElement(parsing: bytes)
        } catch {
            throw HostError(file: file, line: error.line, column: max(error.column, 1), message: error.message)
        }
        let cpu = try Self.cpu(of: root, file, map)
        guard cpu.architecture != nil else {
            throw HostError(file: file, line: root.line, column: 1, message: "a host's <cpu> with its <arch> is wanted")
        }
        self.init(name: Self.name(of: file), cpu: cpu)
    }

    private static func cpu(
        of root: XMLElement, _ file: String, _ map: () -> CPUMap
    ) throws(HostError) -> CPUDefinition {
        switch root.name {
        case "capabilities":
            guard let element = root.child("host")?.child("cpu") else {
                throw HostError(file: file, line: root.line, column: 1, message: "no <host><cpu> in the capabilities")
            }
            return try definition(element, file)
        case "cpu": return try definition(root, file)
        case "cpudata": return try decoded(root, file, map())
        default:
            throw HostError(
                file: file, line: root.line, column: 1,
                message: "<\(root.name)> is no host description: the output of virsh capabilities is wanted")
        }
    }

    private static func definition(_ element: XMLElement, _ file: String) throws(HostError) -> CPUDefinition {
        do {
            return try CPUDefinition(element)
        } catch {
            throw HostError(file: file, line: error.line, column: 1, message: error.message)
        }
    }

    private static func decoded(_ root: XMLElement, _ file: String, _ map: CPUMap) throws(HostError) -> CPUDefinition {
        let data: CPUIDData
        do {
            data = try CPUIDData(root)
        } catch {
            throw HostError(file: file, line: error.line, column: 1, message: error.message)
        }
        do {
            return try map.x86.decode(data, as: .host)
        } catch {
            throw HostError(file: file, line: root.line, column: 1, message: "\(error)")
        }
    }

    /// `hv01` for `hosts/hv01.capabilities.xml`.
    private static func name(of file: String) -> String {
        var name = String(file.split(separator: "/").last ?? "host")
        for suffix in [".xml", ".capabilities"] where name.hasSuffix(suffix) && name.count > suffix.count {
            name.removeLast(suffix.count)
        }
        return name
    }
}

extension Host {
    /// The CPU of a document that is one `<cpu>`, as `virsh cpu-compare` takes it; `nil` for any other document.
    ///
    /// - Throws: `CPUElementError` for words that libvirt refuses.
    public static func bareCPU(_ bytes: [UInt8]) throws(CPUElementError) -> CPUDefinition? {
        guard let root = try? XMLElement(parsing: bytes), root.name == "cpu" else { return nil }
        return try CPUDefinition(root)
    }
}
