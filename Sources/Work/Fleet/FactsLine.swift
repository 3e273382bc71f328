import DomainXML
import Lint
import Reports

/// What a fleet needs to know of one guest, as a line of JSON.
struct FactsLine {
    private let asks = AskCache()

    /// Adds the members behind `id`, `host` and `cluster`, without a comma before them.
    ///
    /// - Throws: `RecordError` for a `<cpu>` that libvirt cannot read.
    func add(_ guest: Guest, to json: inout JSONBytes) throws(RecordError) {
        let domain = guest.domain
        let ask = try asks.members(for: guest)
        json.add("\"name\":")
        Self.add(domain.name?.text, of: domain, to: &json)
        json.add(",\"uuid\":")
        json.add(string: domain[domain.uuid?.text].map { canonical(uuid: $0) })
        json.add(",\"type\":")
        Self.add(domain.type, of: domain, to: &json)
        json.add(",\"arch\":")
        json.add(string: guest.architecture.name.utf8)
        json.add(",\"machine\":")
        Self.add(domain.machine, of: domain, to: &json)
        json.add(",\"mode\":")
        json.add(Self.mode(of: guest))
        json.add(",\"followsHost\":")
        json.add(guest.followsHost ? "true," : "false,")
        json.add(ask)
        json.add(",\"windows\":")
        json.add(string: guest.windows)
        json.add(",\"os\":")
        Self.add(domain.osinfoID, of: domain, to: &json)
        json.add(",\"running\":")
        json.add(guest.hasMemory || domain.id != nil ? "true" : "false")
        json.add(",\"vcpus\":")
        json.add(Self.number(Topology(guest).maximumVCPUs))
        json.add(",\"qemuCPU\":")
        json.add(string: domain.commandLineCPU)
        json.add(",\"hostdevs\":")
        json.add(Self.number(domain.passedThroughDevices))
    }

    private static func number(_ value: Int) -> [UInt8] { Array(String(value).utf8) }

    private static func mode(of guest: Guest) -> StaticString {
        guard let cpu = guest.cpu else { return "\"none\"" }
        switch cpu.effectiveMode {
        case .hostModel: return "\"host-model\""
        case .hostPassthrough: return "\"host-passthrough\""
        case .maximum: return "\"maximum\""
        case .custom, nil: return cpu.namedModel == nil ? "\"none\"" : "\"custom\""
        }
    }

    private static func add(_ text: DecodedText?, of domain: Domain, to json: inout JSONBytes) {
        guard let text else { return json.add("null") }
        domain.withUTF8(text) { json.add(string: $0) }
    }
}
