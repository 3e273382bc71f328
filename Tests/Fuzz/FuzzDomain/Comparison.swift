import DomainXML
import Fuzzing

/// The document, and what was written of it, are well-formed to libxml2's tree parser too; and that finds in it what
/// virt-cpu found.
func compareWithTree(_ document: Document, _ source: [UInt8], _ written: [UInt8]) {
    let encoding: String? = switch document.encoding {
    case .utf16LittleEndian: source.starts(with: [0xff, 0xfe]) ? nil : "UTF-16LE"
    case .utf16BigEndian: source.starts(with: [0xfe, 0xff]) ? nil : "UTF-16BE"
    case .utf8: nil
    // A domain of a list has its encoding from the list's declaration.
    case .singleByte: source.starts(with: "<?xml".utf8) ? nil : "ISO-8859-1"
    }
    func tree(_ bytes: [UInt8]) -> Tree? {
        if let tree = Tree(bytes, encoding: encoding) { return tree }
        // A comment behind the document before is this one's where its XML declaration follows.
        guard bytes.starts(with: "<!--".utf8) || bytes.starts(with: "<?".utf8) else { return nil }
        let declaration = Array("<?xml".utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: declaration) }
        return start.flatMap { Tree(Array(bytes[$0...]), encoding: encoding) }
    }
    guard let read = tree(source) else { broken("what is accepted is well-formed", text(source)) }
    expect(tree(written) != nil, "what is written is well-formed", text(written))
    let root = read.root
    let nodes: [Tree.Node] = switch document.domains.first?.container {
    case .status: root.children("domain")
    case .snapshot, .snapshotInactive: root.children("domain") + root.children("inactiveDomain")
    default: [root]
    }
    // A snapshot's two come in document order, and a hostile one's in any.
    guard nodes.count == document.domains.count, nodes.count == 1 else { return }
    compare(document.domains[0], nodes[0])
}

private func compare(_ domain: Domain, _ node: Tree.Node) {
    func same(_ what: String, _ read: DecodedText?, _ tree: String?) {
        expect(domain[read] == tree, "\(what) is what the tree has", "\(String(describing: domain[read])) \(String(describing: tree))")
    }
    same("type", domain.type, node["type"])
    same("id", domain.id, node["id"])
    same("name", domain.name?.text, node.children("name").first?.text)
    same("uuid", domain.uuid?.text, node.children("uuid").first?.text)
    same("vcpu", domain.vcpu?.text, node.children("vcpu").first?.text)
    same("current", domain.vcpuCurrent, node.children("vcpu").first?["current"])
    let type = node.all("os", "type").first
    same("os", domain.osType?.text, type?.text)
    same("arch", domain.arch, type?["arch"])
    same("machine", domain.machine, type?["machine"])
    same("emulator", domain.emulator?.text, node.all("devices", "emulator").first?.text)
    same("offset", domain.clockOffset, node.children("clock").first?["offset"])
    let timers = node.all("clock", "timer")
    expect(timers.count == domain.timers.count, "as many timers as the tree has")
    for (timer, node) in zip(domain.timers, timers) {
        same("timer", timer.name, node["name"])
        same("present", timer.present, node["present"])
        same("frequency", timer.frequency, node["frequency"])
    }
    let cpus = node.children("cpu")
    expect(domain.ignoredCPUs.count == max(cpus.count - 1, 0), "as many further <cpu> as the tree has")
    expect((domain.cpu == nil) == cpus.isEmpty, "a <cpu> where the tree has one")
    guard let cpu = domain.cpu, let node = cpus.first else { return }
    same("mode", cpu.mode?.text, node["mode"])
    same("match", cpu.match?.text, node["match"])
    same("check", cpu.check?.text, node["check"])
    same("migratable", cpu.migratable?.text, node["migratable"])
    let model = node.children("model").first
    same("model", cpu.model?.name.text, model?.text)
    same("fallback", cpu.model?.fallback?.text, model?["fallback"])
    same("vendor_id", cpu.model?.vendorID, model?["vendor_id"])
    same("vendor", cpu.vendor?.text, node.children("vendor").first?.text)
    let topology = node.children("topology").first
    same("sockets", cpu.topology?.sockets, topology?["sockets"])
    same("threads", cpu.topology?.threads, topology?["threads"])
    let caches = node.children("cache")
    expect(caches.count == cpu.caches.count, "as many caches as the tree has")
    for (cache, node) in zip(cpu.caches, caches) { same("cache", cache.mode?.text, node["mode"]) }
    let features = node.children("feature")
    expect(features.count == cpu.features.count, "as many features as the tree has")
    for (feature, node) in zip(cpu.features, features) {
        same("feature", feature.name, node["name"])
        same("policy", feature.policy?.text, node["policy"])
    }
}

/// A whole input that is one well-formed document is accepted, or refused on purpose.
func compareWithTree(_ bytes: [UInt8], _ reading: Reading) {
    guard let error = reading.error, error.kind == .malformed || error.kind == .noDocument else { return }
    // The tree parser takes a NUL for the end.
    let isWide = bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
    let isNul = { (index: Int) in bytes[index] == 0 && (!isWide || bytes[min(index + 1, bytes.count - 1)] == 0) }
    guard !stride(from: 0, to: bytes.count, by: isWide ? 2 : 1).contains(where: isNul) else { return }
    expect(Tree(bytes) == nil, "one well-formed document is read", "\(error) \(text(bytes))")
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
