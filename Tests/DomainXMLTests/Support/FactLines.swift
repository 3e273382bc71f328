import DomainXML

/// Every fact of a domain with its place, one per line.
func facts(of domain: Domain) -> [String] {
    var lines: [String] = []
    func add(_ name: String, _ text: DecodedText?) {
        if let text { lines.append("\(name)=\(domain[text]) @\(text.span.start)-\(text.span.end)") }
    }
    func add(_ name: String, _ element: Element?) {
        guard let element else { return }
        let (span, tag, content) = (element.span, element.startTag, element.content)
        lines.append("\(name) \(span.start)-\(span.end) \(tag.end) \(content.start)-\(content.end) \(element.isEmptyTag)")
    }
    add("domain", domain.element)
    lines.append("\(domain.container) running=\(domain.isRunning) kernel=\(domain.bootsKernel)")
    for (name, text) in [
        ("type", domain.type), ("id", domain.id), ("name", domain.name?.text), ("uuid", domain.uuid?.text),
        ("osinfo", domain.osinfoID), ("title", domain.title?.text), ("description", domain.descriptionText?.text),
        ("template", domain.templateOS), ("vcpu", domain.vcpu?.text), ("current", domain.vcpuCurrent),
        ("os", domain.osType?.text), ("arch", domain.arch), ("machine", domain.machine),
        ("emulator", domain.emulator?.text), ("hypervMode", domain.hypervMode), ("offset", domain.clockOffset),
    ] { add(name, text) }
    add("hyperv", domain.hyperv)
    add("clock", domain.clock)
    for flag in domain.enlightenments {
        add("hv", flag.element); add("hv", flag.name); add("state", flag.state)
        for part in flag.parts { add("part", part.name); add("state", part.state) }
    }
    for timer in domain.timers { add("timer", timer.element); add("name", timer.name); add("present", timer.present) }
    for argument in domain.qemuArguments { add("arg", argument) }
    for comment in domain.comments { add("comment", comment.text) }
    for element in domain.ignoredCPUs { add("ignored", element) }
    guard let cpu = domain.cpu else { return lines }
    add("cpu", cpu.element)
    for (name, text) in [
        ("mode", cpu.mode?.text), ("match", cpu.match?.text), ("check", cpu.check?.text),
        ("migratable", cpu.migratable?.text), ("deprecated", cpu.deprecatedFeatures?.text),
        ("model", cpu.model?.name.text), ("fallback", cpu.model?.fallback?.text), ("vendorID", cpu.model?.vendorID),
        ("vendor", cpu.vendor?.text), ("sockets", cpu.topology?.sockets), ("dies", cpu.topology?.dies),
        ("clusters", cpu.topology?.clusters), ("cores", cpu.topology?.cores), ("threads", cpu.topology?.threads),
        ("bits", cpu.maxPhysAddr?.bits), ("limit", cpu.maxPhysAddr?.limit), ("addr", cpu.maxPhysAddr?.mode?.text),
    ] { add(name, text) }
    add("numa", cpu.numa?.element)
    for cell in cpu.numa?.cells ?? [] {
        add("cell", cell.element)
        for (name, text) in [
            ("id", cell.id), ("cpus", cell.cpus), ("memory", cell.memory), ("unit", cell.unit),
            ("memAccess", cell.memAccess?.text), ("discard", cell.discard?.text),
        ] { add(name, text) }
        add("distances", cell.distances?.element)
        for sibling in cell.distances?.siblings ?? [] {
            add("sibling", sibling.element)
            add("id", sibling.id)
            add("value", sibling.value)
        }
    }
    for feature in cpu.features { add("feature", feature.element); add("name", feature.name); add("policy", feature.policy?.text) }
    for cache in cpu.caches { add("cache", cache.element); add("level", cache.level); add("mode", cache.mode?.text) }
    for child in cpu.children { lines.append("child \(child.kind) \(child.span.start)-\(child.span.end)") }
    return lines
}
