import CPUModel
import Hosts
import Reports
import SystemPackage

/// Hosts as `virt-cpu kinds` prints them: a line for each kind, with everything that is known of its hosts, and a line for
/// each host with the key of its kind.
enum PackedHosts {
    /// The line of a kind, without a line feed.
    ///
    /// - Parameter host: one of the kind's hosts, whose libvirt and domain capabilities were asked for where it was named by a
    ///   URI.
    static func kind(of host: Host) -> (key: String, line: String) {
        let content: JSONValue = [
            "libvirt": JSONValue(host.libvirt?.description), "registers": JSONValue(host.hasModelSpecificRegisters),
            "xml": JSONValue(host.xml),
        ]
        let key = ContentKey(of: content.text).description
        var line: JSONValue = ["kind": JSONValue(key)]
        line.add(content)
        return (key, line.text)
    }

    /// Whether the bytes are packed hosts and not XML.
    static func mayBe(_ bytes: [UInt8]) -> Bool {
        bytes.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) } == UInt8(ascii: "{")
    }

    /// Whether a file holds packed hosts and not XML.
    static func mayBe(at path: FilePath) -> Bool {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]), Files.isRegular(file) else { return false }
        defer { try? file.close() }
        var start = [UInt8](repeating: 0, count: 64)
        let count = (try? start.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
        return mayBe(Array(start[..<count]))
    }

    /// The most bytes of a file that somebody names: a kind takes a hundred kilobytes.
    static let sizeLimit = 512 << 20

    /// What a file holds.
    struct Content {
        var hosts: [Host] = []
        /// The names of the hosts that could not be read when they were packed.
        var unreadable: [String] = []
    }

    /// - Throws: `HostError` for a line that is none of a packed host, and for a host whose kind does not stand before it.
    static func read(_ bytes: [UInt8], file: String) throws(HostError) -> Content {
        var reading = Reading(file: file)
        return try reading.content(bytes)
    }

    private struct Reading {
        let file: String
        var kinds: [String: Host] = [:]
        var line = 0

        init(file: String) { self.file = file }

        private static let mostHosts = 100_000

        func error(_ message: String) -> HostError { HostError(file: file, line: line, column: 1, message: message) }

        mutating func content(_ bytes: [UInt8]) throws(HostError) -> Content {
            var content = Content()
            for text in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
                line += 1
                if text.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) { continue }
                let json: JSONValue
                do {
                    json = try JSONReader.value(of: Array(text))
                } catch {
                    throw self.error("\(error)")
                }
                if let host = try read(json) { content.hosts.append(host) }
                if json["error"] != nil, let name = json["host"]?.string { content.unreadable.append(name) }
                guard content.hosts.count <= Self.mostHosts else { throw error("more than \(Self.mostHosts) hosts") }
            }
            return content
        }

        private mutating func read(_ json: JSONValue) throws(HostError) -> Host? {
            if let name = json["host"]?.string {
                if json["error"] != nil { return nil }
                guard let kind = json["kind"]?.string else { throw error("host \(name) has no \"kind\"") }
                guard var host = kinds[kind] else { throw error("the kind \(kind) of host \(name) does not stand before it") }
                host.name = name
                host.uuid = json["uuid"]?.string
                host.kind = kind
                host.cluster = json["cluster"]?.string
                return host
            }
            guard let key = json["kind"]?.string, let xml = json["xml"]?.string else {
                throw error("neither a kind nor a host, as virt-cpu kinds prints them")
            }
            var host: Host
            do {
                host = try HostFiles.read([(file, Array(xml.utf8))])[0]
            } catch {
                throw self.error(error.message)
            }
            if let libvirt = json["libvirt"]?.string {
                guard let release = LibvirtVersion(libvirt) else { throw error("'\(libvirt)' is no release of libvirt") }
                host.libvirt = release
            }
            if json["registers"] == .bool(false) { host.hasModelSpecificRegisters = false }
            kinds[key] = host
            return nil
        }
    }
}
