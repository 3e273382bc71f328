import CPUModel
import Hosts
import Lint
import Testing

@Suite("host-passthrough")
struct HostPassthroughTests {
    private func found(
        _ cpu: String = "<cpu mode='host-passthrough'/>", policy: String = "default: keep", on hosts: [Host]
    ) throws -> [Finding] { try findings(of: "host-passthrough", cpu, policy: policy, hosts: hosts) }

    private let old = Host("hv01", model: "Haswell-noTSX", vendor: "Intel")
    private let new = Host("hv02", model: "Broadwell-noTSX", vendor: "Intel")

    @Test("Hosts that are not identical are named, with what the guest would lose")
    func unlike() throws {
        let findings = try found(on: [old, new])
        #expect(findings.map(\.message) == [
            "host-passthrough needs identical hosts for migration, but hv01 is not like hv02: it lacks rdseed, adx, smap, 3dnowprefetch",
        ])
        #expect(try found("<cpu mode='maximum'/>", on: [old, new]).first?.message.hasPrefix("maximum needs identical hosts") == true)
    }

    @Test("host-model is advised only where guests with it can move")
    func advice() throws {
        // host-model fails between these hosts as well.
        #expect(try found(on: [old, new]).first?.help == "nearest CPU that runs on all hosts: Haswell-noTSX (--default baseline)")
        // These differ in their signatures alone, so host-model is the same CPU on both.
        let a = Host("a", model: "Haswell-noTSX", vendor: "Intel", signature: CPUSignature(family: 6, model: 60, stepping: 3))
        let b = Host("b", model: "Haswell-noTSX", vendor: "Intel", signature: CPUSignature(family: 6, model: 63, stepping: 2))
        let finding = try found(on: [a, b]).first
        #expect(finding?.message.contains("it has another processor") == true)
        #expect(finding?.help == "use host-model, with which the guest probably can move between all hosts")
    }

    @Test("Nothing is found on identical hosts, on one host, without migration, and where the policy orders it")
    func silent() throws {
        let twin = Host("hv03", model: "Haswell-noTSX", vendor: "Intel")
        #expect(try found(on: [old, twin]).isEmpty)
        #expect(try found(on: [old]).isEmpty)
        #expect(try found(policy: "{default: keep, migration: false}", on: [old, new]).isEmpty)
        #expect(try found(policy: "{default: keep, migration: false}", on: []).isEmpty)
        #expect(try found(policy: "default: host-passthrough", on: [old, new]).isEmpty)
        #expect(try found(policy: "{default: keep, guests: [{match: {name: guest}, default: host-passthrough}]}", on: [old, new]).isEmpty)
        #expect(try found(policy: "{default: keep, guests: [{match: {name: guest}, hosts: [hv02]}]}", on: [old, new]).isEmpty)
        #expect(try found("<cpu mode='maximum'/>", policy: "default: maximum", on: [old, new]).isEmpty)
    }

    @Test("Without hosts, or with one where guests migrate, the message is about any host")
    func anyHost() throws {
        let message = "host-passthrough gives the guest the CPU of the host that it starts on, so migration needs identical hosts"
        #expect(try found(on: []).map(\.message) == [message])
        #expect(try found(policy: "{default: keep, migration: true}", on: [old]).map(\.message) == [message])
        // The policy orders another mode.
        #expect(try found("<cpu mode='maximum'/>", policy: "default: host-passthrough", on: []).count == 1)
    }

    @Test("The host that starts a guest need not be the only one")
    func start() throws {
        let xml = domain("<cpu mode='host-passthrough'/>")
        #expect(try judge(xml, purpose: .start, hosts: [old]).findings.map(\.rule).contains("host-passthrough"))
        #expect(try !judge(xml, policy: "{default: keep, migration: false}", purpose: .start, hosts: [old]).findings.map(\.rule).contains("host-passthrough"))
    }
}
