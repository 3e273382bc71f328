import CPUModel

extension X86Map {
    /// Reads the `<vendor>`, `<feature>` and `<model>` elements of the x86 architecture.
    init(entries: [CPUMapEntry]) throws(CPUMapError) {
        var vendors: [X86Vendor] = []
        var features: [X86Feature] = []
        for entry in entries {
            switch entry.element.name {
            case "vendor":
                vendors.append(X86Vendor(name: try entry.attribute("name"), string: try entry.attribute("string")))
            case "feature": features.append(try X86Feature(entry))
            case "model": continue
            case let other: throw entry.error("<\(other)> is not part of a CPU map")
            }
        }
        do {
            try self.init(vendors: vendors, features: features)
        } catch {
            let culprit = entries.last { $0.element["name"] == error.name } ?? entries[0]
            throw culprit.error(error.description)
        }
        for entry in entries where entry.element.name == "model" {
            let model = try X86Model(entry, map: self)
            do { try append(model) } catch { throw entry.error(error.description) }
        }
    }
}

extension X86Feature {
    /// Reads a `<feature>` element.
    fileprivate init(_ entry: CPUMapEntry) throws(CPUMapError) {
        var data = CPUIDData()
        var aliases: [Alias] = []
        for child in entry.element.children {
            if child.name == "alias" {
                aliases.append(Alias(name: try entry.at(child).attribute("name"), source: child["source"] ?? ""))
            } else {
                try entry.at(child).read { (element) throws(CPUElementError) in try data.add(element) }
            }
        }
        let bits = data.words.flatMap { address, word in
            (UInt8(0)..<32).filter { word >> UInt32($0) & 1 != 0 }.map { CPUDataBit(address: address, bit: $0) }
        }
        self.init(
            name: try entry.attribute("name"), bits: bits.sorted(by: CPUDataBit.precedes),
            isMigratable: try entry.flag("migratable", default: true), aliases: aliases)
    }
}

extension CPUDataBit {
    /// Orders the bits of a feature, which the map lists in no particular order: CPUID before MSR, then by number.
    fileprivate static func precedes(_ left: CPUDataBit, _ right: CPUDataBit) -> Bool {
        left.key.lexicographicallyPrecedes(right.key)
    }

    private var key: [UInt32] {
        switch address {
        case .cpuid(let leaf, let subleaf, let register): [0, leaf, subleaf, UInt32(register.rawValue), UInt32(bit)]
        case .msr(let index, let register): [1, index, 0, UInt32(register.rawValue), UInt32(bit)]
        }
    }
}

extension X86Model {
    /// Reads a `<model>` element. The model that it is derived from must be in the map already.
    fileprivate init(_ entry: CPUMapEntry, map: X86Map) throws(CPUMapError) {
        let element = entry.element
        self.init(name: try entry.attribute("name"), group: entry.group)
        if let decode = element.child("decode") {
            decodesHost = try entry.at(decode).flag("host", default: true, on: "on", off: "off")
            decodesGuest = try entry.at(decode).flag("guest", default: true, on: "on", off: "off")
        }
        comparesByMap = element.child("check")?["partial"] == "compat"
        if let reference = element.child("model") {
            let name = try entry.at(reference).attribute("name")
            guard let model = map.model(named: name) else {
                throw entry.at(reference).error("CPU model '\(self.name)' is based on unknown model '\(name)'")
            }
            ancestor = name
            (vendor, signatures, features) = (model.vendor, model.signatures, model.features)
        }
        let patterns = element.children("signature")
        if !patterns.isEmpty {
            signatures = []
            for pattern in patterns { signatures.append(try SignaturePattern(entry.at(pattern))) }
        }
        if let reference = element.child("vendor") {
            let name = try entry.at(reference).attribute("name")
            if map.vendor(named: name) == nil { throw entry.at(reference).error("unknown CPU vendor '\(name)'") }
            vendor = name
        }
        for feature in element.children("feature") { try add(entry.at(feature), map: map) }
    }

    /// Adds a `<feature>` of the model.
    private mutating func add(_ entry: CPUMapEntry, map: X86Map) throws(CPUMapError) {
        let name = try entry.attribute("name")
        guard let bits = map.bits(ofFeature: name) else { throw entry.error("unknown CPU feature '\(name)'") }
        if try entry.flag("removed", default: false) {
            removedFeatures.append(name)
        } else if try entry.flag("added", default: false) {
            addedFeatures.append(name)
        } else {
            features |= bits
        }
    }
}

extension SignaturePattern {
    /// Reads a `<signature>` element.
    fileprivate init(_ entry: CPUMapEntry) throws(CPUMapError) {
        let family = try entry.number("family")
        if family == 0 { throw entry.error("the family of a signature cannot be 0") }
        self.init(family: Int(family), model: Int(try entry.number("model")))
        guard let text = entry.element["stepping"] else { return }
        guard let parsed = Self.steppings(text) else { throw entry.error("stepping='\(text)' is not a list of numbers from 0 to 15") }
        steppings = parsed
    }

    /// The steppings in a list such as `0-4,7`; nil when it is not such a list.
    private static func steppings(_ text: String) -> UInt16? {
        var set: UInt16 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(bounds.count), let first = bounds.first ?? nil, let last = bounds.last ?? nil,
                first >= 0, first <= last, last < 16
            else { return nil }
            for stepping in first...last { set |= 1 << UInt16(stepping) }
        }
        return set
    }
}
