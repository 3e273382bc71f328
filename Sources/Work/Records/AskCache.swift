import DomainXML
import Lint
import Reports

/// The asks of guests, each worked out once for all definitions that state their CPU in the same words.
final class AskCache {
    /// An ask as JSON: the members of a line.
    struct Entry {
        let key: String
        let json: [UInt8]
    }

    private var entries: [[UInt8]: Entry] = [:]
    /// The entries by the keys of their asks: many wordings, such as those with another topology, share one.
    private var shared: [String: Entry] = [:]
    private var key: [UInt8] = []
    /// The bytes of all keys and entries.
    private var size = 0

    /// The most bytes that are kept. Definitions of a fleet have few wordings; if they have more, all are forgotten.
    private static let mostBytes = 4 << 20

    /// `"ask":"…","domain":"…"`; null for both if the guest asks for nothing, because QEMU does not run it.
    ///
    /// - Throws: `RecordError` for a `<cpu>` that libvirt cannot read.
    func members(for guest: Guest) throws(RecordError) -> [UInt8] { try entry(for: guest)?.json ?? Self.none }

    /// The key of a guest's ask; nil if it asks for nothing, or if libvirt cannot read its `<cpu>`.
    func key(of guest: Guest) -> String? { (try? entry(for: guest))??.key }

    private func entry(for guest: Guest) throws(RecordError) -> Entry? {
        guard guest.isManaged else { return nil }
        // A wording that is too long to be kept is not copied either.
        let isKeyed = guest.document.encoding == .utf8 && (guest.cpu?.element.span.count ?? 0) <= Self.mostBytes
        if isKeyed {
            writeKey(of: guest)
            if let known = entries[key] { return known }
        }
        guard let ask = Ask(guest) else {
            throw RecordError(
                .unreadableCPU, "the <cpu> has words that libvirt does not know; virt-cpu check says which",
                at: guest.cpu.map { guest.document.position(of: $0.element.span.start) })
        }
        let entry = shared[ask.key] ?? Self.entry(of: ask)
        if isKeyed { keep(entry) }
        return entry
    }

    private static func entry(of ask: Ask) -> Entry {
        var json = JSONBytes()
        json.add("\"ask\":")
        json.add(string: ask.key.utf8)
        json.add(",\"domain\":")
        json.add(string: ask.definition.utf8)
        return Entry(key: ask.key, json: json.bytes)
    }

    private static let none = Array("\"ask\":null,\"domain\":null".utf8)

    private func keep(_ entry: Entry) {
        if size > Self.mostBytes {
            entries.removeAll()
            shared.removeAll()
            size = 0
        }
        size += key.count + 128
        if shared.updateValue(entry, forKey: entry.key) == nil { size += entry.json.count + 128 }
        entries[key] = entry
    }

    /// Everything of a definition on which its ask depends, as it is written.
    private func writeKey(of guest: Guest) {
        let domain = guest.domain
        key.removeAll(keepingCapacity: true)
        // The machine and the number of vCPUs count for few guests; without them, guests share an entry.
        let countsMachine = guest.cpu.map { $0.check?.value == .full || $0.deprecatedFeatures != nil } ?? false || !guest.isX86
        for text in [domain.type, domain.arch, domain.emulator?.text, countsMachine ? domain.machine : nil, countsMachine ? domain.vcpu?.text : nil] {
            // No value has these bytes.
            guard let text else {
                key.append(1)
                continue
            }
            domain.withUTF8(text) { key.append(contentsOf: $0) }
            key.append(0)
        }
        if let cpu = guest.cpu { key.append(contentsOf: guest.document.bytes(cpu.element.span)) }
    }
}
