import CPUModel

extension PVRMap {
    /// Reads the `<vendor>`, `<feature>` and `<model>` elements of an architecture.
    init(entries: [CPUMapEntry]) throws(CPUMapError) {
        self.init()
        for entry in entries {
            let name = try entry.attribute("name")
            switch entry.element.name {
            case "vendor":
                let code = entry.element["value"] == nil ? nil : try entry.number("value")
                vendors.append(Vendor(name: name, code: code))
            case "feature": features.append(name)
            case "model":
                if model(named: name) != nil { throw entry.error("CPU model '\(name)' is defined twice") }
                var registers: [Register] = []
                for pvr in entry.element.children("pvr") {
                    registers.append(
                        Register(
                            value: try entry.at(pvr).number("value"),
                            mask: try entry.at(pvr).number("mask", default: .max)))
                }
                let vendor = entry.element.child("vendor")?["name"]
                models.append(Model(name: name, vendor: vendor, registers: registers, group: entry.group))
            case let other: throw entry.error("<\(other)> is not part of a CPU map")
            }
        }
    }
}
