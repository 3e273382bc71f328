import DomainXML
import Glibc
import Oracle

/// What virt-cpu reads of a definition, in the lines of `oracle_reading`.
struct Reading {
    private(set) var lines = ""

    init(_ domain: Domain) {
        func add(_ key: String, _ text: DecodedText?) { lines += "\(key)=\(domain[text] ?? "")\n" }
        /// An attribute that is there, even if it is empty, has quotes round it.
        func add(_ key: String, _ attributes: [DecodedText?]) {
            lines += key + attributes.map { " " + (domain[$0].map { "'\($0)'" } ?? "-") }.joined() + "\n"
        }
        add("type", domain.type)
        add("name", domain.name?.text)
        add("uuid", domain.uuid?.text)
        add("vcpu", domain.vcpu?.text)
        if domain.vcpu != nil { add("current", [domain.vcpuCurrent]) }
        add("os", domain.osType?.text)
        add("arch", domain.arch)
        add("machine", domain.machine)
        add("emulator", domain.emulator?.text)
        add("offset", domain.clockOffset)
        let cpu = domain.cpu
        if let cpu {
            add("cpu", [cpu.mode?.text, cpu.match?.text, cpu.check?.text, cpu.migratable?.text, cpu.deprecatedFeatures?.text])
        }
        add("model", cpu?.model?.name.text)
        add("fallback", cpu?.model?.fallback?.text)
        add("vendor_id", cpu?.model?.vendorID)
        add("vendor", cpu?.vendor?.text)
        if let topology = cpu?.topology {
            add("topology", [topology.sockets, topology.dies, topology.clusters, topology.cores, topology.threads])
        }
        for cache in cpu?.caches ?? [] { add("cache", [cache.level, cache.mode?.text]) }
        if let address = cpu?.maxPhysAddr { add("maxphysaddr", [address.mode?.text, address.bits, address.limit]) }
        for feature in cpu?.features ?? [] { add("feature", [feature.name, feature.policy?.text]) }
        for cell in cpu?.numa?.cells ?? [] { add("cell", [cell.id, cell.cpus, cell.memAccess?.text, cell.discard?.text]) }
        for flag in (domain.enlightenments + domain.cpuidFlags).sorted(by: { $0.element.span.start < $1.element.span.start }) {
            add(domain[flag.name], [flag.state])
        }
        for timer in domain.timers { add("timer", [timer.name, timer.present]) }
        for argument in domain.qemuArguments { add("argument", [argument]) }
    }

    /// The first line in which libvirt would read something else; nil if all are the same, or libvirt reads nothing.
    func difference(_ bytes: ArraySlice<UInt8>) -> String? {
        let found = Array(bytes).withUnsafeBytes { oracle_reading($0.bindMemory(to: CChar.self).baseAddress, $0.count) }
        guard let found else { return nil }
        defer { free(found) }
        let expected = String(cString: found)
        if expected == lines { return nil }
        func split(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        let pairs = zip(split(lines), split(expected))
        let first = pairs.first { $0 != $1 }
        return "virt-cpu reads '\(first?.0 ?? "more")', libvirt '\(first?.1 ?? "more")'"
    }
}
