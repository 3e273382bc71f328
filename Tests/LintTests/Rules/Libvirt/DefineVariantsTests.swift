import Hosts
import Lint
import TestSupport
import Testing

/// A `<cpu>` with the verdicts of real libvirts on it, recorded by `Tests/Integration/define-variants.py`.
struct DefineVariant: CustomTestStringConvertible, Sendable {
    var id: String
    var type: String
    /// The release that was asked.
    var libvirt: String
    var isRefusedByValidate: Bool
    var isRefusedByDefine: Bool
    var cpu: String
    var testDescription: String { "\(id) (\(type)), libvirt \(libvirt)" }

    static let all: [DefineVariant] = {
        let text = String(decoding: Corpus.read("\(Corpus.repository)/Tests/Integration/define-variants.tsv"), as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("id\t") }.flatMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return [("9.0", 2), ("11.3", 4), ("12.9", 6)].map { libvirt, column in
                DefineVariant(
                    id: fields[0], type: fields[1], libvirt: libvirt, isRefusedByValidate: fields[column] == "refuse",
                    isRefusedByDefine: fields[column + 1] == "refuse", cpu: fields[9])
            }
        }
    }()

    /// The rules that say what libvirt refuses.
    static let rules: Set = ["invalid-cpu", "duplicate-feature", "topology-vcpus", "invalid-numa", "invalid-hyperv"]

    var findings: [Finding] {
        get throws {
            let xml = """
                <domain type='\(type)'>
                  <name>v</name><memory>1048576</memory><vcpu>4</vcpu>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                  \(cpu)
                </domain>
                """
            // The host that was asked has 46 bits.
            var host = Host("hv01", model: "Haswell", vendor: "Intel")
            host.physicalAddressBits = 46
            let policy = "{default: keep, libvirt: '\(libvirt)'}"
            return try judge(xml, policy: policy, hosts: [host]).findings.filter { Self.rules.contains($0.rule) }
        }
    }
}

@Suite("libvirt's verdicts on variants of <cpu>")
struct DefineVariantsTests {
    /// The beginnings of the ids of variants on which the rules differ from some libvirt, because virt-cpu does not read
    /// what they are about.
    static let otherMatters: [String: String] = [
        "numa-cache-": "virt-cpu does not read the caches of NUMA cells",
        "numa-ic-": "virt-cpu does not read the interconnects of NUMA cells",
        "sve-disabled-length": "no rule checks vector lengths of Arm",
    ]
    /// The same for variants that only the schema refuses.
    static let grammarOnly: [String: String] = [
        "attribute-unknown": "virt-cpu does not read unknown attributes",
        "model-child": "for libvirt, an element inside <model> is part of its text",
        "cpu-other-namespace": "a <cpu> of another namespace is not /domain/cpu",
        "text-in-cpu": "virt-cpu does not read text between the children",
        "numa-attr-unknown": "virt-cpu does not read unknown attributes",
        "numa-child-unknown": "virt-cpu does not read the other children of a cell",
        "numa-el-unknown": "virt-cpu does not read the other children of <numa>",
        "numa-dist-second-el-wrong": "virt-cpu reads only the first <distances>, as libvirt does",
        "numa-ic-bw-no-unit": "virt-cpu does not read the interconnects of NUMA cells",
        "hyperv-mode-passthrough-stimer": "the schema allows no enlightenments under passthrough",
        "hyperv-ipi-passthrough": "the schema allows no enlightenments under passthrough",
        "hyperv-twice-stimer": "virt-cpu reads all of them, as libvirt does",
        "hyperv-second-hyperv": "virt-cpu reads all of them, as libvirt does",
        "hyperv-tlbflush-direct-": "the schema of 9.0 does not know the parts of tlbflush",
        "hyperv-tlbflush-ext": "the schema of 9.0 does not know the parts of tlbflush",
        "hyperv-direct": "the schema of 9.0 does not know the parts of tlbflush",
    ]

    private static func isListed(_ variant: DefineVariant, _ exceptions: [String: String]) -> Bool {
        exceptions.keys.contains { variant.id.hasPrefix($0) }
    }

    @Test("Errors are reported for exactly what virsh define refuses", arguments: DefineVariant.all)
    func define(_ variant: DefineVariant) throws {
        if Self.isListed(variant, Self.otherMatters) { return }
        let findings = try variant.findings.filter { $0.severity == .error }
        #expect(findings.isEmpty != variant.isRefusedByDefine, "\(variant.cpu): \(findings.map(\.message))")
    }

    @Test("A note is reported for exactly what only virsh define --validate refuses", arguments: DefineVariant.all.filter { !$0.isRefusedByDefine })
    func validate(_ variant: DefineVariant) throws {
        if Self.isListed(variant, Self.grammarOnly) { return }
        let notes = try variant.findings.filter { $0.message.contains("--validate") }
        #expect(notes.isEmpty != variant.isRefusedByValidate, "\(variant.cpu): \(notes.map(\.message))")
    }

    @Test("Each exception is one", arguments: otherMatters.keys.sorted())
    func exceptions(_ prefix: String) throws {
        let variants = DefineVariant.all.filter { $0.id.hasPrefix(prefix) }
        let differing = try variants.filter { variant in
            try variant.findings.contains { $0.severity == .error } != variant.isRefusedByDefine
        }
        #expect(!differing.isEmpty, "this is no longer an exception")
    }

    @Test("Each exception of the schema is one", arguments: grammarOnly.keys.sorted())
    func grammarExceptions(_ prefix: String) throws {
        let variants = DefineVariant.all.filter { $0.id.hasPrefix(prefix) && !$0.isRefusedByDefine }
        let differing = try variants.filter { variant in
            try variant.findings.contains { $0.message.contains("--validate") } != variant.isRefusedByValidate
        }
        #expect(!differing.isEmpty, "this is no longer an exception")
    }

    @Test("The table of verdicts is read, and the libvirts differ") func table() {
        #expect(DefineVariant.all.count > 1800)
        func refused(_ libvirt: String) -> Set<String> {
            Set(DefineVariant.all.filter { $0.libvirt == libvirt && $0.isRefusedByDefine }.map(\.id))
        }
        #expect(refused("9.0") != refused("11.3"))
        #expect(refused("11.3") != refused("12.9"))
    }
}
