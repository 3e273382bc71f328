import CPUModel
import XMLTree

/// A machine that must be able to run the guests.
public struct Host: Sendable {
    /// For messages: file name, URI host, or `local`.
    public var name: String
    /// From `virsh capabilities`.
    public var cpu: HostCPU?
}

/// `/capabilities/host/cpu`.
public struct HostCPU: Sendable, Equatable {
    public var arch: String
    public var model: String?
    public var vendor: String?
    public var features: [String]
}

/// Why a host source cannot be read.
public struct HostError: Error, Sendable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int
    public var message: String

    public var description: String {
        line > 0 ? "\(file):\(line):\(column): error: \(message)" : "\(file): error: \(message)"
    }
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
        guard let cpu = root.child("host")?.child("cpu"), let arch = cpu.child("arch")?.text else {
            throw HostError(file: file, line: root.line, column: 1, message: "no <host><cpu><arch> in the capabilities")
        }
        var name = String(file.split(separator: "/").last ?? "host")
        for suffix in [".xml", ".capabilities"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        self.init(
            name: name,
            cpu: HostCPU(
                arch: arch, model: cpu.child("model")?.text, vendor: cpu.child("vendor")?.text,
                features: cpu.children("feature").compactMap { $0["name"] }))
    }
}
