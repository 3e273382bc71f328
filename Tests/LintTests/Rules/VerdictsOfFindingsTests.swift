import CPUModel
import Hosts
import LibvirtWords
import Testing

@testable import Lint

@Suite("Facts about hosts that travel with a finding")
struct VerdictsOfFindingsTests {
    private static func finding(_ rule: String, _ cpu: String, type: String = "kvm", hosts: [Host]) throws -> Finding {
        try #require(judge(domain(cpu, type: type), hosts: hosts).findings.first { $0.rule == rule })
    }

    private static let haswell = "<cpu mode='custom' match='exact'><model fallback='forbid'>Haswell</model></cpu>"

    @Test(
        "Every finding of host-incompatible carries the verdict on each host that it names, and the reasons that it states",
        arguments: RuleExampleTests.cases.filter { $0.example.isBad && !$0.example.hosts.isEmpty })
    func all(_ testCase: RuleExampleTests.Case) throws {
        for finding in try testCase.findings(testCase.example.xml) where finding.rule == "host-incompatible" {
            #expect(!finding.verdicts.isEmpty && finding.verdicts.flatMap(\.hosts) == finding.hosts)
            for verdict in finding.verdicts.map(\.verdict) {
                #expect(verdict.answer == (finding.message.hasPrefix("cannot tell") ? .unknown : .refuses))
                #expect(!verdict.reasons.isEmpty && verdict.reasons.allSatisfy { finding.message.contains($0.words(isOne: finding.hosts.count == 1)) })
            }
        }
    }

    @Test("So do one for several hosts, one for hosts of another architecture, and one about hosts that cannot be judged")
    func groups() throws {
        let small = ["a", "b"].map { Host($0, model: "Haswell-noTSX", vendor: "Intel") }
        let refusal = try Self.finding("host-incompatible", Self.haswell, hosts: small)
        #expect(refusal.verdicts.map(\.hosts) == [["a", "b"]] && refusal.verdicts[0].verdict.missing == ["hle", "rtm"])
        let doubt = try Self.finding(
            "host-incompatible", "<cpu mode='host-model'><feature policy='require' name='aes'/></cpu>", type: "qemu", hosts: small)
        #expect(doubt.verdicts.map(\.hosts) == [["a", "b"]] && doubt.verdicts.flatMap(\.verdict.reasons).allSatisfy { $0.code == .notJudged })
        let arm = try #require(judge(domain("<cpu mode='host-passthrough'/>", arch: "aarch64"), hosts: small).findings.first { $0.rule == "host-incompatible" })
        #expect(arm.verdicts.flatMap(\.verdict.reasons).map(\.code) == [.architecture] && arm.verdicts[0].hosts == ["a", "b"])
        #expect(arm.verdicts.flatMap(\.verdict.reasons).map(\.name) == ["aarch64"])
    }

    @Test("An unusable model has its blockers, and a move what would be lost")
    func others() throws {
        let unusable = try Self.finding(
            "model-not-usable", "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Haswell</model></cpu>",
            hosts: [StartCheckTests.tsxOff])
        #expect(unusable.verdicts.map(\.verdict.answer) == [.starts] && unusable.verdicts[0].verdict.missing == ["hle", "rtm"])
        #expect(unusable.verdicts[0].verdict.reasons.map(\.code) == [.modelBlockers])
        let unlike = [("a", "Westmere"), ("b", "Haswell-noTSX")].map { Host($0.0, model: $0.1, vendor: "Intel") }
        for (rule, mode) in [("host-model-migration", "host-model"), ("host-passthrough", "host-passthrough")] {
            let move = try #require(Self.finding(rule, "<cpu mode='\(mode)'/>", hosts: unlike).moves.first)
            let merged = try judge(domain("<cpu mode='\(mode)'/>"), policy: "default: Westmere", hosts: unlike).findings
            #expect(merged.first { $0.rule == "cpu-not-default" }?.moves.first == move, "what becomes a note of another finding")
            #expect(move.origins == ["b"] && move.destinations == ["a"] && move.verdict.obstacles.map(\.code) == [.missingFeatures], "\(rule)")
        }
    }

    @Test("Each kind of reason has a code of its own, with the names that it is about")
    func codes() {
        let old = LibvirtVersion(major: 9)
        let reasons: [(HostVerdict.Reason, ReasonCode, missing: [String], extra: [String], name: String?)] = [
            (.incompatible(.architecture("x86_64")), .architecture, [], [], "x86_64"),
            (.incompatible(.vendor(required: "AMD", host: "Intel")), .vendor, [], [], "AMD"),
            (.incompatible(.forbiddenFeatures(["aes"])), .forbiddenFeatures, [], ["aes"], nil),
            (.incompatible(.missingFeatures(["avx"])), .missingFeatures, ["avx"], [], nil),
            (.incompatible(.extraFeatures(["vmx"])), .extraFeatures, [], ["vmx"], nil),
            (.incompatible(.model(required: "POWER9", host: "POWER8")), .model, [], [], "POWER9"),
            (.incompatible(.compatibilityMode("power9", host: "POWER8")), .compatibilityMode, [], [], "power9"),
            (.incompatible(.unknownHost), .unknownHost, [], [], nil),
            (.blockers(["hle"], ofModel: "Haswell"), .modelBlockers, ["hle"], [], "Haswell"),
            (.notListed("EPYC-Turin"), .modelNotListed, [], [], "EPYC-Turin"),
            (.modeNotSupported(.maximum), .modeNotSupported, [], [], "maximum"),
            (.comparedBefore(old), .olderLibvirt, [], [], nil),
            (.unknownToLibvirt(UnknownName(kind: .model, name: "EPYC-Turin"), old), .unknownModel, [], [], "EPYC-Turin"),
            (.unknownToLibvirt(UnknownName(kind: .feature, name: "cx16"), old), .unknownFeature, [], [], "cx16"),
            (.notAsDefined(extra: ["vme"], missing: ["rtm"]), .notAsDefined, ["rtm"], ["vme"], nil),
            (.unknownToQEMU(["cvt16"]), .unknownToQEMU, ["cvt16"], [], nil),
            (.deprecatedFeaturesUnsupported, .deprecatedFeatures, [], [], nil),
            (.failed("no answer"), .hostFailed, [], [], nil),
            (.notJudged("s390x"), .notJudged, [], [], nil),
        ]
        for (reason, code, missing, extra, name) in reasons {
            #expect(reason.code == code && reason.missing == missing && reason.extra == extra && reason.name == name, "\(reason)")
        }
        // The other codes are those of moves.
        #expect(Set(reasons.map(\.1)).union([.otherProcessor, .otherAddressWidth]) == Set(ReasonCode.allCases))
        #expect(Set(reasons.map(\.1)).count == reasons.count)
    }
}
