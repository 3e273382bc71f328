import CPUModel
import XMLTree

extension DomainCapabilities {
    /// Reads the root element of what `virsh domcapabilities` prints. Elements that are not about CPUs are ignored.
    ///
    /// - Throws: `CPUElementError` for a word that libvirt does not write, or more models or features than any
    ///   hypervisor has.
    init(_ root: XMLElement) throws(CPUElementError) {
        guard let architecture = root.child("arch")?.nonEmptyText else {
            throw root.fault("no <arch> in the domain capabilities")
        }
        guard let virtType = root.child("domain")?.nonEmptyText else {
            throw root.fault("no <domain> in the domain capabilities")
        }
        let platform = DomainPlatform(
            architecture: architecture, virtType: virtType, machine: root.child("machine")?.nonEmptyText,
            emulator: root.child("path")?.nonEmptyText)
        self.init(platform: platform)
        for mode in root.child("cpu")?.children("mode") ?? [] { try read(mode) }
    }

    private mutating func read(_ element: XMLElement) throws(CPUElementError) {
        // A mode that this version does not know is ignored, whatever it says.
        guard let mode = element["name"].flatMap({ CPUDefinition.Mode(rawValue: $0) }) else { return }
        let isSupported = try element.requiredFlag("supported")
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
        var blockers = try blockers(in: mode)
        let elements = mode.children("model")
        try mode.checkCount(elements.count, HostLimits.models, "CPU models")
        var models: [Model] = []
        var seen: Set<String> = []
        for element in elements {
            guard let name = element.nonEmptyText else { throw element.fault("<model> has no name") }
            if !seen.insert(name).inserted { throw element.fault("CPU model '\(name)' is listed twice") }
            let vendor = element["vendor"]
            models.append(
                Model(
                    name: name, usability: try element.word("usable") ?? .unknown,
                    isDeprecated: element["deprecated"] == nil ? false : try element.requiredFlag("deprecated"),
                    canonicalName: element["canonical"], vendor: vendor == "unknown" ? nil : vendor,
                    blockers: blockers.removeValue(forKey: name) ?? []))
        }
        if let orphan = mode.children("blockers").first(where: { blockers[$0["model"] ?? ""] != nil }) {
            throw orphan.fault("<blockers> belongs to a CPU model that is not listed")
        }
        return models
    }

    /// The names of the blocking features by the name of the model.
    private static func blockers(in mode: XMLElement) throws(CPUElementError) -> [String: [String]] {
        var blockers: [String: [String]] = [:]
        for element in mode.children("blockers") {
            guard let model = element["model"] else { throw element.fault("<blockers> has no attribute 'model'") }
            let features = element.children("feature")
            try element.checkCount(features.count, HostLimits.features, "blocking features")
            var names: [String] = []
            for feature in features {
                guard let name = feature["name"], !name.isEmpty else { throw feature.fault("<feature> has no name") }
                names.append(name)
            }
            if blockers.updateValue(names, forKey: model) != nil {
                throw element.fault("the blockers of CPU model '\(model)' are listed twice")
            }
        }
        return blockers
    }
}

extension DomainCapabilities.PhysicalAddresses {
    /// Reads the `<maxphysaddr>` child of an element; nil when there is none.
    fileprivate init?(in parent: XMLElement) throws(CPUElementError) {
        guard let element = parent.child("maxphysaddr") else { return nil }
        guard let mode: Mode = try element.word("mode") else { throw element.fault("<maxphysaddr> has no mode") }
        self.init(mode: mode, bits: try element.decimal("bits"), limit: try element.decimal("limit"))
    }
}

extension XMLElement {
    /// The value of a `yes` or `no` attribute that must be there.
    fileprivate func requiredFlag(_ attribute: String) throws(CPUElementError) -> Bool {
        switch self[attribute] {
        case "yes": return true
        case "no": return false
        case let other:
            let what = other.map { "='\($0)' is neither 'yes' nor 'no'" } ?? " is missing: it must be 'yes' or 'no'"
            throw fault("\(attribute)\(what)")
        }
    }

    /// The value of an attribute that is a decimal number; nil when the attribute is absent.
    fileprivate func decimal(_ attribute: String) throws(CPUElementError) -> Int? {
        guard let text = self[attribute] else { return nil }
        guard let value = UInt32(text) else { throw fault("\(attribute)='\(text)' is not a number") }
        return Int(value)
    }
}
