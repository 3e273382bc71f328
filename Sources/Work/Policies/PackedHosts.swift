import CPUModel
import Hosts
import Reports

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

    /// The hosts in a file. A host whose line has an error is left out.
    ///
    /// - Throws: `HostError` for a line that is none of these, and for a host whose kind does not stand before it.
    static func read(_ bytes: [UInt8], file: String) throws(HostError) -> [Host] {
        var reading = Reading(file: file)
        return try reading.hosts(bytes)
    }

    private struct Reading {
        let file: String
        var kinds: [String: Host] = [:]
        var line = 0

        init(file: String) { self.file = file }

        func error(_ message: String) -> HostError { HostError(file: file, line: line, column: 1, message: message) }

        mutating func hosts(_ bytes: [UInt8]) throws(HostError) -> [Host] {
            var hosts: [Host] = []
            for text in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
                line += 1
                if text.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x09 }) { continue }
                let json: JSONValue
                do {
                    json = try JSONReader.value(of: Array(text))
                } catch {
                    throw self.error("\(error)")
                }
                if let host = try read(json) { hosts.append(host) }
            }
            return hosts
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
