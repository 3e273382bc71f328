import DomainXML
import Lint
import Testing

@Suite("Judging")
struct JudgeTests {
    private static let passthrough = "<cpu mode='host-passthrough' check='none' migratable='on'/>"

    @Test("The policy can state what a guest runs")
    func stated() throws {
        let linux = domain(Self.passthrough), windows = domain(Self.passthrough, windows: true)
        func isWithheld(_ xml: String, _ os: String) throws -> Bool {
            let policy = "{default: host-model, guests: [{match: {name: other}, os: other}, {match: {name: gue*}, os: \(os)}]}"
            return try judge(xml, policy: policy, purpose: .rewrite).findings.contains { $0.rule == "windows-rewrite-withheld" }
        }
        #expect(try isWithheld(linux, "windows"))
        #expect(try !isWithheld(linux, "other"))
        #expect(try !isWithheld(windows, "other"))
        #expect(try isWithheld(windows, "windows"))
    }

    @Test("Guest entries override the policy, and the command line overrides both")
    func precedence() throws {
        let guest = domain(Self.passthrough)
        func severities(_ policy: String, _ overrides: Overrides = Overrides()) throws -> [Severity] {
            try judge(guest, policy: policy, overrides: overrides).findings.filter { $0.rule == "host-passthrough" }.map(\.severity)
        }
        #expect(try severities("default: keep") == [.warning])
        #expect(try severities("{default: keep, rules: {host-passthrough: error}}") == [.error])
        #expect(try severities("{default: keep, rules: {host-passthrough: error}, guests: [{match: {name: guest}, rules: {host-passthrough: off}}]}") == [])
        var overrides = Overrides()
        overrides.rules["host-passthrough"] = .at(.note)
        #expect(try severities("{default: keep, guests: [{match: {name: guest}, rules: {host-passthrough: off}}]}", overrides) == [.note])
        overrides.target = .maximum
        #expect(try judge(guest, policy: "{default: keep, guests: [{match: {type: kvm}, default: host-model}]}", purpose: .rewrite, overrides: overrides).output.contains("maximum"))
    }

    @Test("Findings after a rewrite are about the new definition")
    func afterwards() throws {
        let judged = try judge(domain("<cpu mode='host-passthrough'/>", type: "qemu"), policy: "default: maximum", purpose: .rewrite)
        #expect(judged.findings.map(\.rule) == ["cpu-not-default"])
        #expect(judged.findings[0].isFixed)
        let bad = try judge(domain("<cpu><feature name='a'/></cpu>"), policy: "default: host-model", purpose: .rewrite)
        #expect(!bad.findings.contains { $0.severity == .error })
    }

    @Test("The remarks about domains of one type are equal, so that the output can print them once")
    func remarks() throws {
        let xen = domain("", type: "xen")
        let remarks = try judge("\(xen)\n\(xen)\n\(domain("", type: "lxc"))", purpose: .rewrite).remarks
        #expect(remarks.count == 3)
        #expect(Set(remarks).count == 2)
    }
}
