import CPUModel
import XMLTree

extension DomainCapabilities {
    /// From the root element of `virsh domcapabilities`. Elements that say nothing of CPUs are passed over.
    ///
    /// - Throws: `CPUElementError` for a word that libvirt does not write, or more models or features than any
    ///   hypervisor has.
    init(_ root: XMLElement) throws(CPUElementError) {
        guard let architecture = root.child("arch")?.text, !architecture.isEmpty else {
            throw CPUElementError(line: root.line, message: "no <arch> in the domain capabilities")
        }
        guard let virtType = root.child("domain")?.text, !virtType.isEmpty else {
            throw CPUElementError(line: root.line, message: "no <domain> in the domain capabilities")
        }
        let platform = DomainPlatform(
            architecture: architecture, virtType: virtType, machine: root.child("machine")?.nonEmptyText,
            emulator: root.child("path")?.nonEmptyText)
        self.init(platform: platform)
        for mode in root.child("cpu")?.children("mode") ?? [] { try read(mode) }
    }

    private mutating func read(_ element: XMLElement) throws(CPUElementError) {
        // A mode that this version does not know says nothing that it could use.
        guard let mode = element["name"].flatMap({ CPUDefinition.Mode(rawValue: $0) }) else { return }
        let isSupported = try element.flag("supported")
        modes[mode] = isSupported
        guard isSupported else { return }
        switch mode {
        case .hostModel:
            guard element.child("model") != nil else { return }
            hostModel = try CPUDefinition(guest: element)
            hostModelAddresses = try PhysicalAddresses(in: element)
        case .hostPassthrough: hostPassthroughAddresses = try PhysicalAddresses(in: element)
        case .custom:
            self = DomainCapabilities(
                platform: platform, modes: modes, hostModel: hostModel, hostModelAddresses: hostModelAddresses,
                hostPassthroughAddresses: hostPassthroughAddresses, models: try Self.models(in: element))
        case .maximum: return
        }
    }

    private static func models(in mode: XMLElement) throws(CPUElementError) -> [Model] {
        var blockers: [String: [String]] = [:]
        for element in mode.children("blockers") {
            guard let model = element["model"] else {
                throw CPUElementError(line: element.line, message: "<blockers> names no model")
            }
            let features = element.children("feature")
            try HostLimits.check(features.count, HostLimits.features, "blocking features", at: element)
            var names: [String] = []
            for feature in features {
                guard let name = feature["name"], !name.isEmpty else {
                    throw CPUElementError(line: feature.line, message: "<feature> has no name")
                }
                names.append(name)
            }
            if blockers.updateValue(names, forKey: model) != nil {
                throw CPUElementError(line: element.line, message: "the blockers of CPU model '\(model)' are given twice")
            }
        }
        let elements = mode.children("model")
        try HostLimits.check(elements.count, HostLimits.models, "CPU models", at: mode)
        var models: [Model] = []
        var seen: Set<String> = []
        for element in elements {
            guard let name = element.nonEmptyText else {
                throw CPUElementError(line: element.line, message: "<model> has no name")
            }
            if !seen.insert(name).inserted {
                throw CPUElementError(line: element.line, message: "CPU model '\(name)' is given twice")
            }
            let vendor = element["vendor"]
            models.append(
                Model(
                    name: name, usability: try element.word("usable") ?? .unknown,
                    isDeprecated: element["deprecated"] == nil ? false : try element.flag("deprecated"),
                    canonicalName: element["canonical"], vendor: vendor == "unknown" ? nil : vendor,
                    blockers: blockers.removeValue(forKey: name) ?? []))
        }
        if let orphan = mode.children("blockers").first(where: { blockers[$0["model"] ?? ""] != nil }) {
            throw CPUElementError(line: orphan.line, message: "<blockers> of a model that is not listed")
        }
        return models
    }
}

extension DomainCapabilities.PhysicalAddresses {
    /// `<maxphysaddr>` among the children.
    fileprivate init?(in parent: XMLElement) throws(CPUElementError) {
        guard let element = parent.child("maxphysaddr") else { return nil }
        guard let mode: Mode = try element.word("mode") else {
            throw CPUElementError(line: element.line, message: "<maxphysaddr> has no mode")
        }
        self.init(mode: mode, bits: try element.number("bits"), limit: try element.number("limit"))
    }
}

extension XMLElement {
    /// `yes` and `no`; an absent attribute is a fault.
    fileprivate func flag(_ attribute: String) throws(CPUElementError) -> Bool {
        switch self[attribute] {
        case "yes": return true
        case "no": return false
        case let other:
            let value = other.map { "='\($0)'" } ?? " is missing, or"
            throw CPUElementError(line: line, message: "\(attribute)\(value) is neither 'yes' nor 'no'")
        }
    }

    fileprivate func number(_ attribute: String) throws(CPUElementError) -> Int? {
        guard let text = self[attribute] else { return nil }
        guard let value = UInt32(text) else {
            throw CPUElementError(line: line, message: "\(attribute)='\(text)' is no number")
        }
        return Int(value)
    }
}

extension GuestSupport {
    /// From `<guest>` of capabilities; nil for one that is no virtual machine (`exe`) or names no architecture.
    init?(_ guest: XMLElement) {
        guard let arch = guest.child("arch"), let name = arch["name"], guest.child("os_type")?.text == "hvm" else {
            return nil
        }
        self.init(architecture: name)
        var seen: Set<String> = []
        for place in [arch] + arch.children("domain") {
            if let type = place["type"] { virtTypes.append(type) }
            if let path = place.child("emulator")?.nonEmptyText, seen.insert(path).inserted { emulators.append(path) }
            for machine in place.children("machine") {
                guard let name = machine.nonEmptyText else { continue }
                machines.insert(name)
                if let canonical = machine["canonical"] { canonicalMachines[name] = canonical }
            }
        }
    }
}
