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
        let root: XMLElement
        do {
            root = try XMLElement(parsing: bytes)
        } catch {
            throw HostError(file: file, line: error.line, column: max(error.column, 1), message: error.message)
        }
        guard root.name == "capabilities" else {
            throw HostError(
                file: file, line: root.line, column: 1,
                message: "<\(root.name)> is no host description: the output of virsh capabilities is wanted")
        }
        guard let cpu = root.child("host")?.child("cpu") else {
            throw HostError(file: file, line: root.line, column: 1, message: "no <host><cpu> in the capabilities")
        }
        do {
            self.init(name: Self.name(of: file), cpu: try CPUDefinition(cpu))
        } catch {
            throw HostError(file: file, line: error.line, column: 1, message: error.message)
        }
        guard self.cpu?.architecture != nil else {
            throw HostError(file: file, line: cpu.line, column: 1, message: "the host's <cpu> has no <arch>")
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
