public import CPUModel
public import XMLTree

extension CPUIDData {
    /// Reads libvirt's `<cpudata arch='x86'>`, which holds `<cpuid>` and `<msr>` elements.
    ///
    /// - Throws: `CPUElementError` for another element, another architecture, or an attribute that is not a number.
    public init(_ element: XMLElement) throws(CPUElementError) {
        guard element.name == "cpudata" else { throw element.fault("expected <cpudata>, not <\(element.name)>") }
        if let architecture = element["arch"], architecture != "x86" {
            throw element.fault("CPU data for architecture '\(architecture)' is not supported")
        }
        self.init()
        for child in element.children { try add(child) }
    }

    /// Adds what a `<cpuid>` or `<msr>` element says.
    ///
    /// - Throws: `CPUElementError` for another element, or an attribute that is not a number.
    mutating func add(_ element: XMLElement) throws(CPUElementError) {
        switch element.name {
        case "cpuid":
            addLeaf(
                try element.number("eax_in"), subleaf: try element.number("ecx_in", default: 0),
                eax: try element.number("eax", default: 0), ebx: try element.number("ebx", default: 0),
                ecx: try element.number("ecx", default: 0), edx: try element.number("edx", default: 0))
        case "msr":
            let index = try element.number("index")
            add(try element.number("eax"), at: .msr(index: index, register: .eax))
            add(try element.number("edx"), at: .msr(index: index, register: .edx))
        case let other: throw element.fault("<\(other)> is neither <cpuid> nor <msr>")
        }
    }
}
