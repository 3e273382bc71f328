import CPUModel
import XMLTree

extension Host {
    /// Everything that `HostFiles.read` takes from the files of the host, as one file: its capabilities and its domain
    /// capabilities. Two hosts of which the same is known have the same text, whatever else libvirt printed.
    ///
    /// Not in it is what no file states (`libvirt`, `hasModelSpecificRegisters`, `cpuMap`, `scope`, `connection`), who the host is
    /// (`name`, `file`, `uuid`), and what is asked of a libvirt alone (the guests' emulators, types and machines that are no
    /// alias).
    package var xml: String {
        var lines: [String] = []
        if cpu != nil { lines += capabilities }
        for capabilities in domainCapabilities { lines += capabilities.lines }
        return lines.joined(separator: "\n") + "\n"
    }

    private var capabilities: [String] {
        guard let cpu else { return [] }
        return ["<capabilities>", "<host>"] + cpu.lines(addressBits: physicalAddressBits) + ["</host>"]
            + guestSupport.flatMap(\.lines) + ["</capabilities>"]
    }
}

extension CPUDefinition {
    /// The `<cpu>` of capabilities, with each part that is read from one.
    fileprivate func lines(addressBits: Int?) -> [String] {
        var start = "<cpu"
        if kind == .guest { start += " mode='\(mode.rawValue)' match='\(match.rawValue)'" }
        var lines = [start + ">", "<arch>\(effectiveArchitecture.xmlEscaped)</arch>"]
        lines += modelLines
        if let bits = addressBits { lines.append("<maxphysaddr mode='emulate' bits='\(bits)'/>") }
        return lines + featureLines + ["</cpu>"]
    }

    fileprivate var modelLines: [String] {
        var lines: [String] = []
        if let model {
            let fallback = fallback == .allow ? "" : " fallback='\(fallback.rawValue)'"
            let vendorID = vendorID.map { " vendor_id='\($0.xmlEscaped)'" } ?? ""
            lines.append("<model\(fallback)\(vendorID)>\(model.xmlEscaped)</model>")
        }
        if let vendor { lines.append("<vendor>\(vendor.xmlEscaped)</vendor>") }
        if let signature {
            lines.append("<signature family='\(signature.family)' model='\(signature.model)' stepping='\(signature.stepping)'/>")
        }
        return lines
    }

    fileprivate var featureLines: [String] {
        features.map { feature in
            let policy = kind == .guest ? " policy='\(feature.policy.rawValue)'" : ""
            return "<feature\(policy) name='\(feature.name.xmlEscaped)'/>"
        }
    }
}

extension GuestSupport {
    /// Nothing for an architecture without aliases of machines.
    fileprivate var lines: [String] {
        if canonicalMachines.isEmpty { return [] }
        let machines = canonicalMachines.sorted { $0.key < $1.key }.map { alias, name in
            "<machine canonical='\(name.xmlEscaped)'>\(alias.xmlEscaped)</machine>"
        }
        return ["<guest>", "<os_type>hvm</os_type>", "<arch name='\(architecture.xmlEscaped)'>"] + machines + ["</arch>", "</guest>"]
    }
}

extension DomainCapabilities {
    fileprivate var lines: [String] {
        var lines = ["<domainCapabilities>"]
        if let emulator = platform.emulator { lines.append("<path>\(emulator.xmlEscaped)</path>") }
        lines.append("<domain>\(platform.virtType.xmlEscaped)</domain>")
        if let machine = platform.machine { lines.append("<machine>\(machine.xmlEscaped)</machine>") }
        lines += ["<arch>\(platform.architecture.xmlEscaped)</arch>", "<cpu>"]
        for mode in CPUDefinition.Mode.allCases {
            guard let isSupported = modes[mode] else { continue }
            lines.append("<mode name='\(mode.rawValue)' supported='\(isSupported ? "yes" : "no")'>")
            if isSupported { lines += parts(of: mode) }
            lines.append("</mode>")
        }
        return lines + ["</cpu>", "</domainCapabilities>"]
    }

    private func parts(of mode: CPUDefinition.Mode) -> [String] {
        switch mode {
        case .hostModel: (hostModel.map { $0.modelLines + $0.featureLines } ?? []) + (hostModelAddresses?.lines ?? [])
        case .hostPassthrough: hostPassthroughAddresses?.lines ?? []
        case .custom: models.flatMap(\.lines)
        case .maximum: []
        }
    }
}

extension DomainCapabilities.PhysicalAddresses {
    fileprivate var lines: [String] {
        let bits = bits.map { " bits='\($0)'" } ?? ""
        let limit = limit.map { " limit='\($0)'" } ?? ""
        return ["<maxphysaddr mode='\(mode.rawValue)'\(bits)\(limit)/>"]
    }
}

extension DomainCapabilities.Model {
    fileprivate var lines: [String] {
        let deprecated = isDeprecated ? " deprecated='yes'" : ""
        let canonical = canonicalName.map { " canonical='\($0.xmlEscaped)'" } ?? ""
        let vendor = vendor.map { " vendor='\($0.xmlEscaped)'" } ?? ""
        var lines = ["<model usable='\(usability.rawValue)'\(vendor)\(deprecated)\(canonical)>\(name.xmlEscaped)</model>"]
        if blockers.isEmpty { return lines }
        lines.append("<blockers model='\(name.xmlEscaped)'>")
        lines += blockers.map { "<feature name='\($0.xmlEscaped)'/>" }
        return lines + ["</blockers>"]
    }
}
