public import CPUModel
public import XMLTree

/// Why a `<cpu>` or `<cpudata>` element does not say what a CPU is.
public struct CPUElementError: Error, Equatable, Sendable, CustomStringConvertible {
    /// 1-based, in the document that the element is from.
    public var line: Int
    /// In one line, without the place.
    public var message: String

    /// - Parameter line: counted from 1.
    public init(line: Int, message: String) {
        self.line = line
        self.message = message
    }

    /// `line LINE: MESSAGE`.
    public var description: String { "line \(line): \(message)" }
}

extension CPUIDData {
    /// From libvirt's `<cpudata arch='x86'>`: `<cpuid>` and `<msr>` elements.
    ///
    /// - Throws: `CPUElementError` for another element, another architecture, or a number that is none.
    public init(_ element: XMLElement) throws(CPUElementError) {
        guard element.name == "cpudata" else {
            throw CPUElementError(line: element.line, message: "<cpudata> expected, not <\(element.name)>")
        }
        if let architecture = element["arch"], architecture != "x86" {
            throw CPUElementError(line: element.line, message: "CPU data of architecture '\(architecture)' is not read")
        }
        self.init()
        for child in element.children {
            do {
                try add(CPUMapEntry(element: child, file: "", group: nil))
            } catch {
                throw CPUElementError(line: error.line, message: error.message)
            }
        }
    }
}

extension CPUDefinition {
    /// From a `<cpu>` element. As for `virsh cpu-compare`, one that has an `<arch>` is a host's.
    ///
    /// - Throws: `CPUElementError` for words that libvirt refuses: an unknown mode, match, fallback or policy, a
    ///   feature without a name or named twice.
    public init(_ element: XMLElement) throws(CPUElementError) {
        guard element.name == "cpu" else {
            throw CPUElementError(line: element.line, message: "<cpu> expected, not <\(element.name)>")
        }
        let architecture = element.child("arch")?.nonEmptyText
        try self.init(element, kind: architecture == nil ? .guest : .host, architecture: architecture)
    }

    /// From an element that holds what a guest's `<cpu>` does: `<mode name='host-model'>` of domain capabilities.
    init(guest element: XMLElement) throws(CPUElementError) {
        try self.init(element, kind: .guest, architecture: nil)
    }

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
        try HostLimits.check(elements.count, HostLimits.features, "features", at: element)
        var seen: Set<String> = []
        for child in elements {
            guard let name = child["name"], !name.isEmpty else {
                throw CPUElementError(line: child.line, message: "<feature> has no name")
            }
            if !seen.insert(name).inserted {
                throw CPUElementError(line: child.line, message: "CPU feature '\(name)' is given twice")
            }
            features.append(Feature(name, kind == .host ? .require : try child.word("policy") ?? .require))
        }
    }
}

extension CPUSignature {
    init(_ element: XMLElement) throws(CPUElementError) {
        var numbers: [Int] = []
        for name in ["family", "model", "stepping"] {
            guard let number = element[name].flatMap({ UInt32(libvirt: $0) }) else {
                throw CPUElementError(line: element.line, message: "<signature> has no number '\(name)'")
            }
            numbers.append(Int(number))
        }
        self.init(family: numbers[0], model: numbers[1], stepping: numbers[2])
    }
}

extension XMLElement {
    /// The text; nil when there is none. White space counts, as it does to libvirt.
    var nonEmptyText: String? { text.isEmpty ? nil : text }

    /// An attribute that is one of a few words; nil when it is absent.
    func word<Word: RawRepresentable & CaseIterable>(
        _ attribute: String
    ) throws(CPUElementError) -> Word? where Word.RawValue == String {
        guard let text = self[attribute] else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw CPUElementError(line: line, message: "\(attribute)='\(text)' is not one of \(known)")
        }
        return word
    }
}
