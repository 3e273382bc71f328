import Corpus
import Lint
import Testing

/// Verdicts of a real libvirt, from `Tests/Integration/define-variants.sh`.
struct DefineVariant: CustomTestStringConvertible, Sendable {
    var id: String
    var type: String
    /// libvirt 11.3's.
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

@Suite("libvirt's verdicts on <cpu> variants")
struct DefineVariantsTests {
    /// Where libvirt looks at what no rule here is about.
    static let otherMatters: [String: String] = [
        "numa-empty": "NUMA cells are not the CPU's business: only their place is read",
        "numa-overlap": "NUMA cells are not the CPU's business: only their place is read",
        "numa-too-many-cpus": "NUMA cells are not the CPU's business: only their place is read",
        "numa-cpu-out-of-range": "NUMA cells are not the CPU's business: only their place is read",
        "numa-gap": "NUMA cells are not the CPU's business: only their place is read",
        "numa-duplicate-id": "NUMA cells are not the CPU's business: only their place is read",
        "numa-no-memory": "NUMA cells are not the CPU's business: only their place is read",
        "numa-bad-cpus": "NUMA cells are not the CPU's business: only their place is read",
        "numa-discard-unknown": "NUMA cells are not the CPU's business: only their place is read",
        "numa-distance-below-10": "NUMA cells are not the CPU's business: only their place is read",
        "numa-mem-access-unknown": "NUMA cells are not the CPU's business: only their place is read",
        "maxphysaddr-emulate-beyond-host": "depends on the host that was asked",
        "maxphysaddr-emulate-beyond-host-tcg": "depends on the host that was asked",
        "sve-disabled-length": "Arm's vector lengths on x86",
    ]
    /// Refused by the grammar for what a domain's facts do not tell.
    static let grammarOnly: [String: String] = [
        "attribute-unknown": "unknown attributes are not read",
        "model-child": "an element inside <model> is part of its text to libvirt",
        "cpu-other-namespace": "another namespace's <cpu> is not /domain/cpu",
        "text-in-cpu": "text between the children is not read",
    ]

    @Test("An error is what virsh define refuses", arguments: DefineVariant.all)
    func define(_ variant: DefineVariant) throws {
        let isError = try variant.findings.contains { $0.severity == .error }
        if Self.otherMatters[variant.id] != nil {
            #expect(isError != variant.isRefusedByDefine, "no longer an exception")
        } else {
            #expect(isError == variant.isRefusedByDefine, "\(variant.cpu)")
        }
    }

    @Test("What only the grammar refuses is a note", arguments: DefineVariant.all.filter { !$0.isRefusedByDefine })
    func validate(_ variant: DefineVariant) throws {
        let isNote = try variant.findings.contains { $0.message.contains("--validate") }
        if Self.grammarOnly[variant.id] != nil {
            #expect(isNote != variant.isRefusedByValidate, "no longer an exception")
        } else {
            #expect(isNote == variant.isRefusedByValidate, "\(variant.cpu)")
        }
    }

    @Test("The table is there") func table() { #expect(DefineVariant.all.count > 200) }
}
