public import CPUModel
public import XMLTree

extension CPUDefinition {
    /// Reads a `<cpu>` element. As for `virsh cpu-compare`, an element that has an `<arch>` describes a host's CPU, and
    /// any other a guest's.
    ///
    /// - Throws: `CPUElementError` for what libvirt refuses (cpu_conf.c, `virCPUDefParseXML`): an unknown mode, match,
    ///   fallback or policy, a feature without a name or named twice, an `<arch>` together with `match`, and features or
    ///   a vendor without a model.
    public init(_ element: XMLElement) throws(CPUElementError) {
        guard element.name == "cpu" else { throw element.fault("expected <cpu>, not <\(element.name)>") }
        let architecture = element.child("arch")?.nonEmptyText
        if element.child("arch") != nil, element["match"] != nil {
            throw element.fault("<arch> describes a host's CPU and match= a guest's, so they cannot stand in one <cpu>")
        }
        try self.init(element, kind: architecture == nil ? .guest : .host, architecture: architecture)
        guard model == nil, mode == .custom else { return }
        if let feature = element.child("feature") { throw feature.fault("a <cpu> with features must have a <model>") }
        if let vendor = element.child("vendor") { throw vendor.fault("a <cpu> with a <vendor> must have a <model>") }
    }

    /// Reads an element whose contents are those of a guest's `<cpu>`: `<mode name='host-model'>` of domain
    /// capabilities.
    init(guest element: XMLElement) throws(CPUElementError) {
        try self.init(element, kind: .guest, architecture: nil)
    }

    /// Reads the contents of an element as those of a host's or a guest's `<cpu>`, whatever its name.
    init(_ element: XMLElement, kind: Kind, architecture: String?) throws(CPUElementError) {
        let model = element.child("model")
        self.init(kind: kind, architecture: architecture)
        if kind == .guest {
            mode = try element.word("mode") ?? .custom
            match = try element.word("match") ?? .exact
        }
        self.model = model?.nonEmptyText
        fallback = try model?.word("fallback") ?? .allow
        vendorID = model?["vendor_id"]
        vendor = element.child("vendor")?.nonEmptyText
        signature = try element.child("signature").map { (child) throws(CPUElementError) in try CPUSignature(child) }
        let elements = element.children("feature")
        try element.checkCount(elements.count, HostLimits.features, "features")
        var seen: Set<String> = []
        for child in elements {
            guard let name = child["name"], !name.isEmpty else { throw child.fault("<feature> has no name") }
            if !seen.insert(name).inserted { throw child.fault("CPU feature '\(name)' is listed twice") }
            features.append(Feature(name, kind == .host ? .require : try child.word("policy") ?? .require))
        }
    }
}

extension CPUSignature {
    /// Reads a `<signature>` element.
    fileprivate init(_ element: XMLElement) throws(CPUElementError) {
        var numbers: [Int] = []
        for name in ["family", "model", "stepping"] {
            guard let number = element[name].flatMap({ UInt32(libvirt: $0) }) else {
                throw element.fault("<signature> has no number in attribute '\(name)'")
            }
            numbers.append(Int(number))
        }
        self.init(family: numbers[0], model: numbers[1], stepping: numbers[2])
    }
}
