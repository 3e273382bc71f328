import Lint
import TestSupport
import Testing

/// A `<cpu>` with the verdicts of real libvirts on it, recorded by `Tests/Integration/define-variants.sh`.
struct DefineVariant: CustomTestStringConvertible, Sendable {
    var id: String
    var type: String
    /// The verdicts of libvirt 11.3.
    var isRefusedByValidate: Bool
    var isRefusedByDefine: Bool
    var cpu: String
    var testDescription: String { "\(id) (\(type))" }

    static let all: [DefineVariant] = {
        let text = String(decoding: Corpus.read("\(Corpus.repository)/Tests/Integration/define-variants.tsv"), as: UTF8.self)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("id\t") }.map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            func verdict(_ v11: String, _ v9: String) -> Bool { (v11 == "same" ? v9 : v11) == "refuse" }
            return DefineVariant(
                id: fields[0], type: fields[1], isRefusedByValidate: verdict(fields[4], fields[2]),
                isRefusedByDefine: verdict(fields[5], fields[3]), cpu: fields[7])
        }
    }()

    var findings: [Finding] {
        get throws {
            let xml = """
                <domain type='\(type)'>
                  <name>v</name><memory>1048576</memory><vcpu>4</vcpu>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                  \(cpu)
                </domain>
                """
            return try judge(xml).findings.filter { ["invalid-cpu", "duplicate-feature", "topology-vcpus"].contains($0.rule) }
        }
    }
}

@Suite("libvirt's verdicts on variants of <cpu>")
struct DefineVariantsTests {
    /// Variants on which the rules differ from libvirt, because no rule concerns their subject.
    static let otherMatters: [String: String] = [
        "numa-empty": "no rule checks NUMA cells",
        "numa-overlap": "no rule checks NUMA cells",
        "numa-too-many-cpus": "no rule checks NUMA cells",
        "numa-cpu-out-of-range": "no rule checks NUMA cells",
        "numa-gap": "no rule checks NUMA cells",
        "numa-duplicate-id": "no rule checks NUMA cells",
        "numa-no-memory": "no rule checks NUMA cells",
        "numa-bad-cpus": "no rule checks NUMA cells",
        "numa-discard-unknown": "no rule checks NUMA cells",
        "numa-distance-below-10": "no rule checks NUMA cells",
        "numa-mem-access-unknown": "no rule checks NUMA cells",
        "maxphysaddr-emulate-beyond-host": "the verdict depends on the host",
        "maxphysaddr-emulate-beyond-host-tcg": "the verdict depends on the host",
        "sve-disabled-length": "no rule checks vector lengths of Arm",
    ]
    /// Variants that only the schema refuses, because of parts that virt-cpu does not read.
    static let grammarOnly: [String: String] = [
        "attribute-unknown": "virt-cpu does not read unknown attributes",
        "model-child": "for libvirt, an element inside <model> is part of its text",
        "cpu-other-namespace": "a <cpu> of another namespace is not /domain/cpu",
        "text-in-cpu": "virt-cpu does not read text between the children",
    ]

    @Test("Errors are reported for exactly what virsh define refuses", arguments: DefineVariant.all)
    func define(_ variant: DefineVariant) throws {
        let isError = try variant.findings.contains { $0.severity == .error }
        if Self.otherMatters[variant.id] != nil {
            #expect(isError != variant.isRefusedByDefine, "this is no longer an exception")
        } else {
            #expect(isError == variant.isRefusedByDefine, "\(variant.cpu)")
        }
    }

    @Test("A note is reported for exactly what only virsh define --validate refuses", arguments: DefineVariant.all.filter { !$0.isRefusedByDefine })
    func validate(_ variant: DefineVariant) throws {
        let isNote = try variant.findings.contains { $0.message.contains("--validate") }
        if Self.grammarOnly[variant.id] != nil {
            #expect(isNote != variant.isRefusedByValidate, "this is no longer an exception")
        } else {
            #expect(isNote == variant.isRefusedByValidate, "\(variant.cpu)")
        }
    }

    @Test("The table of verdicts is read") func table() { #expect(DefineVariant.all.count > 200) }
}
