import CPUModel
import Hosts
import TestSupport
import Testing

@testable import Lint

/// A Windows guest that follows its host keeps what it has there today.
@Suite("Freezing Windows guests")
struct FreezingTests {
    /// Hosts that say what host-model is on them: libvirt's domain capabilities, and the machines whose host-model is known.
    static let hosts = NearestCPUTests.hosts.filter { host in
        host.domainCapabilities.contains { $0.platform.architecture == "x86_64" && $0.platform.virtType == "kvm" && $0.hostModel != nil }
    }

    static func guest(_ mode: String, _ host: Host, windows: Bool = true) -> String {
        let machine = host.domainCapabilities.compactMap(\.platform.machine).first ?? "pc-q35-7.2"
        return domain("<cpu mode='\(mode)'>\n    <topology sockets='1' dies='1' cores='2' threads='1'/>\n  </cpu>", windows: windows, machine: machine)
    }

    private static func filter(_ xml: String, _ policy: String, _ hosts: Host...) throws -> (findings: [Finding], output: String) {
        let judged = try judge(xml, policy: policy, purpose: .rewrite, hosts: hosts)
        return (judged.findings, judged.output)
    }

    @Test(
        "host-model is frozen on every host of libvirt's tests, and nothing that the guest sees changes",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"), arguments: ["default: pin", "windows: pin", "windows: pin-anyway"])
    func hostModel(policy: String) throws {
        #expect(Self.hosts.count > 40)
        for host in Self.hosts {
            let xml = Self.guest("host-model", host)
            let (findings, output) = try Self.filter(xml, policy, host)
            #expect(output != xml, "\(host.name)")
            #expect(!findings.contains { $0.rule == "windows-rewrite-withheld" })
            let change = GuestChange.between(try records(xml)[0], try records(output)[0], on: StartCheck(hosts: [host]))
            #expect(change.isNone, "\(host.name): \(change.items) \(change.doubts)")
            // What the hook asks, and what check asks afterwards.
            let after = try judge(output, before: xml, policy: policy, hosts: [host]).findings.map(\.rule)
            #expect(!after.contains { $0.hasPrefix("windows-") || $0 == "cpu-not-default" || $0 == "host-incompatible" }, "\(host.name): \(after)")
        }
    }

    @Test(
        "host-passthrough and maximum are frozen only with pin-anyway, and the refusal says what would change",
        .enabled(if: Corpus.libvirt != nil, "LIBVIRT_SRC is not set"), arguments: ["host-passthrough", "maximum"])
    func passthrough(mode: String) throws {
        for host in Self.hosts {
            let xml = Self.guest(mode, host)
            for policy in ["default: pin", "windows: pin"] {
                let (findings, output) = try Self.filter(xml, policy, host)
                #expect(output == xml, "\(host.name)")
                let refusal = try #require(findings.first { $0.rule == "windows-rewrite-withheld" }, "\(host.name)")
                #expect(refusal.message.hasPrefix("Windows guest is not frozen from \(mode) to "))
                #expect(refusal.notes.contains { $0.hasPrefix("brand string: the host's own → ") }, "\(refusal.notes)")
                #expect(refusal.help?.contains("windows: pin-anyway") == true)
            }
            let (_, output) = try Self.filter(xml, "windows: pin-anyway", host)
            #expect(output.contains("<cpu mode='custom' match='exact'>"))
            // The hook accepts it if the policy does, and only then.
            func severity(_ policy: String) throws -> Severity? {
                try judge(output, before: xml, policy: policy, hosts: [host]).findings.first { $0.rule == "windows-cpu-change" }?.severity
            }
            #expect(try severity("windows: pin-anyway") == .warning)
            #expect(try severity("windows: pin") == .error)
        }
    }

    /// A host whose hypervisor turns host-model into this.
    private static func host(_ name: String, _ model: String, _ features: String...) -> Host {
        let cpu = CPUDefinition(kind: .guest, mode: .hostModel, model: model, fallback: .forbid, vendor: "Intel", features: features.map { .init($0) })
        return Host(name: name, cpu: nil, domainCapabilities: [DomainCapabilities(platform: StartCheckTests.kvm, modes: [.custom: true], hostModel: cpu)])
    }

    private static let windows = domain("<cpu mode='host-model'/>", windows: true)

    @Test("The features that would change are named")
    func features() throws {
        // The processor has aes, and the host-model is Nehalem, which has not.
        let xml = domain("<cpu mode='host-passthrough'>\n    <feature policy='disable' name='popcnt'/>\n  </cpu>", windows: true)
        let (findings, _) = try Self.filter(xml, "windows: pin", Self.host("a", "Nehalem", "aes"))
        let refusal = try #require(findings.first { $0.rule == "windows-rewrite-withheld" })
        #expect(refusal.notes.contains("brand string: the host's own → Intel Core i7 9xx (Nehalem Class Core i7)"))
        #expect(!refusal.notes.contains { $0.contains("popcnt") || $0.contains("aes") }, "both stay as they are: \(refusal.notes)")
    }

    @Test("Several hosts with the same host-model are as good as one; with unlike ones, the guest's own must be named")
    func several() throws {
        let (a, b, c) = (Self.host("a", "Haswell-noTSX", "ssbd"), Self.host("b", "Haswell-noTSX", "ssbd"), Self.host("c", "Haswell-noTSX"))
        #expect(try Self.filter(Self.windows, "windows: pin", a, b).output.contains("require' name='ssbd'"))
        let (findings, output) = try Self.filter(Self.windows, "windows: pin", a, c)
        #expect(output == Self.windows)
        #expect(findings.contains { $0.message.contains("name only that one with --host (given: a, c)") })
        // Frozen on its own host, the hook that knows both hosts has only a note, which says what to look at.
        let frozen = try Self.filter(Self.windows, "windows: pin", a).output
        let change = try #require(try judge(frozen, before: Self.windows, hosts: [a, c]).findings.first { $0.rule == "windows-cpu-change" })
        #expect(change.severity == .note)
        #expect(change.message.contains("no change on a, but a different CPU on c"))
        #expect(change.help?.contains("hosts: in an entry of guests:") == true)
        // A CPU that no host gives is none that the guest had.
        let other = Self.windows.replacing("<cpu mode='host-model'/>", with: "<cpu><model>Nehalem</model></cpu>")
        #expect(try judge(other, before: Self.windows, hosts: [a, c]).findings.contains { $0.rule == "windows-cpu-change" && $0.severity == .error })
    }

    @Test("The advice of windows-unstable-cpu can be followed", arguments: [
        ("host-model", [], "virt-cpu check --fix --windows pin --host HOST FILE, which changes nothing"), ("host-model", ["a"], "virt-cpu check --fix --windows pin FILE, which changes nothing"),
        ("host-model", ["a", "b"], "virt-cpu check --fix --windows pin FILE, which changes nothing"), ("host-model", ["a", "c"], "virt-cpu check --fix --windows pin --host HOST FILE, which changes nothing"),
        ("host-passthrough", [], "virt-cpu check --windows pin --host HOST FILE says what. If that is accepted, virt-cpu check --fix --windows pin-anyway --host HOST FILE does it"),
        ("host-passthrough", ["a"], "virt-cpu check --windows pin FILE says what. If that is accepted, virt-cpu check --fix --windows pin-anyway FILE does it"),
    ])
    func advice(_ mode: String, _ names: [String], _ help: String) throws {
        let all = ["a": Self.host("a", "Haswell-noTSX"), "b": Self.host("b", "Haswell-noTSX"), "c": Self.host("c", "Nehalem")]
        let xml = domain("<cpu mode='\(mode)'/>", windows: true)
        let found = try judge(xml, policy: "{default: keep, migration: false}", hosts: names.compactMap { all[$0] }).findings
        let finding = try #require(found.first { $0.rule == "windows-unstable-cpu" })
        #expect(finding.help?.contains(help) == true, "\(finding.help ?? "none")")
    }

    @Test("A guest in which nothing is installed gets the default, whatever windows: says")
    func new() throws {
        var overrides = Overrides()
        overrides.isNewGuest = true
        overrides.windows = .pin
        let xml = domain("<cpu mode='host-passthrough'/>", windows: true)
        #expect(try judge(xml, policy: "default: host-model", purpose: .rewrite, hosts: [Self.host("a", "Haswell")], overrides: overrides).output.contains("mode='host-model'"))
        // The command line comes before the policy.
        overrides.isNewGuest = false
        #expect(try judge(xml, policy: "windows: rewrite\ndefault: host-model", purpose: .rewrite, hosts: [Self.host("a", "Haswell")], overrides: overrides).output == xml)
    }

    @Test("What the command line asks for is called its option, and the help repeats the options", arguments: [
        (true, ["--windows pin", "--host 'a b.xml'"], "but the option --windows pins it to ", "use virt-cpu check --fix --windows pin --host 'a b.xml' FILE to rewrite it, or virt-cpu filter with the same options"),
        (false, [], "but the policy pins it to ", "use virt-cpu filter or virt-cpu check --fix FILE to rewrite it"),
    ])
    func options(_ isOption: Bool, _ options: [String], _ words: String, _ help: String) throws {
        let host = Host("h", model: "Haswell-noTSX", vendor: "Intel")
        var overrides = Overrides()
        if isOption { overrides.windows = .pin }
        overrides.options = options
        let xml = domain("<cpu mode='host-model'/>", windows: true)
        let policy = isOption ? "windows: keep" : "windows: pin"
        let found = try judge(xml, policy: policy, hosts: [host], overrides: overrides).findings
        let finding = try #require(found.first { $0.rule == "cpu-not-default" }, "\(found.map(\.message))")
        #expect(finding.message.contains(words) && finding.help == help)
        // A default is not what pins it.
        let both = try judge(xml, policy: "{default: host-passthrough, \(policy)}", hosts: [host], overrides: overrides).findings
        #expect(both.contains { $0.rule == "cpu-not-default" && $0.message.contains(words) })
    }
}
