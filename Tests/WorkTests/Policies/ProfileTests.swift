import Lint
import SystemPackage
import TestSupport
import Testing

@testable import Work

/// `Tests/Definitions/virt-install` has what virt-install makes of ten systems.
@Suite("Profiles")
struct ProfileTests {
    private static let fresh = "\(Corpus.repository)/Tests/Definitions/virt-install"

    private func findings(_ policy: String, hosts: [String] = []) throws -> [String] {
        let directory = TemporaryDirectory()
        let file = directory.write("policy.yaml", policy)
        var request = CheckRequest()
        request.paths = [FilePath(Self.fresh)]
        let settings = Settings.discovering {
            $0.policyFile = file
            $0.format = .concise
            $0.hosts = hosts
        }
        let outcome = outcome { try request.run(settings, $0) }
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("(10 domains, 10 files)"), "\(outcome.errors)")
        return outcome.findings.map { $0.replacing("\(Self.fresh)/", with: "") }
    }

    private static let hosts = "\(Corpus.repository)/Examples/hosts/*.xml"

    @Test("workstation: fresh guests of virt-install have no finding, with and without hosts", arguments: [[], [hosts]])
    func workstation(_ hosts: [String]) throws {
        #expect(try findings("profile: workstation\n", hosts: hosts) == [])
        #expect(try findings("", hosts: hosts).count >= 10, "without the profile, each has one")
    }

    @Test("cluster: one finding for each fresh guest, about the CPU that follows the host", arguments: [[], [hosts]])
    func cluster(_ hosts: [String]) throws {
        let found = try findings("profile: cluster\n", hosts: hosts)
        #expect(found.count == 10)
        #expect(Set(found.map { String($0.split(separator: " ")[0]) }).count == 10)
        let rule = hosts.isEmpty ? "host-passthrough" : "cpu-not-default"
        #expect(found.allSatisfy { $0.hasSuffix($0.hasPrefix("win") ? hosts.isEmpty ? " windows-unstable-cpu" : " windows-rewrite-withheld" : " \(rule)") }, "\(found)")
    }

    @Test("In a cluster, the one finding has what the others say, and their fix")
    func joined() {
        let directory = TemporaryDirectory()
        let file = directory.write("policy.yaml", "profile: cluster\n")
        directory.write("a.xml", Definitions.passthrough)
        let settings = Settings.discovering {
            $0.policyFile = file
            $0.hosts = [Self.hosts]
        }
        let outcome = check(["."], settings, in: directory)
        let lines = outcome.text.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("a.xml:") } == 1 && lines[0].hasPrefix("a.xml:4:3: ") && lines[0].hasSuffix(" [cpu-not-default]"))
        #expect(outcome.text.contains("hv02 is not like hv01") || outcome.text.contains("hv01 is not like hv02"), "\(outcome.text)")
        #expect(lines.contains { $0.hasPrefix("      = ") && $0.hasSuffix(" [host-passthrough]") })
        #expect(check(["."], settings, mode: .fix, in: directory).errors.contains("1 fixed"))
        // The nearest model that both hosts have, without TSX.
        #expect(directory.text("a.xml").contains("<model fallback='forbid'>Skylake-Server-noTSX-IBRS</model>"))
        #expect(check(["."], settings, in: directory).findings.allSatisfy { !$0.contains("passthrough") && !$0.contains("not-default") })
    }

    @Test("What the policy and those that it extends state comes before the profile")
    func overridden() throws {
        let policy = try Policy.parse(
            Array("profile: workstation\nmigration: true\nrules: {host-passthrough: error}\n".utf8), file: "p", origin: .named,
            knownRules: Rule.ids)
        #expect(policy.migration == true && policy.rules["host-passthrough"] == .at(.error))
        #expect(policy.rules["migration-blocker"] == .off)
        let directory = TemporaryDirectory()
        directory.write("base.yaml", "profile: workstation\nmigration: true\n")
        let file = directory.write("p.yaml", "extends: base.yaml\nprofile: cluster\n")
        var lookup = try PolicyLookup(.discovering { $0.policyFile = file }, purpose: .check)
        let extending = try lookup.policy(forDirectory: ".").policy
        #expect(extending.profile == .cluster && extending.default == .hostModelOnly && extending.migration == true)
        #expect(extending.rules["host-passthrough"] == nil, "nothing of the other profile is left")
    }

    @Test("Every profile is a policy by itself, and names rules that exist", arguments: Profile.allCases)
    func texts(_ profile: Profile) throws {
        let alone = try Policy.parse(Array(profile.text.utf8), file: "p", origin: .discovered, knownRules: Rule.ids)
        var taken = try Policy.parse(
            Array("profile: \(profile.rawValue)\n".utf8), file: "p", origin: .discovered, knownRules: Rule.ids)
        taken.profile = nil
        #expect(taken == alone)
    }

    @Test("An unknown profile is an error with its place")
    func unknown() {
        #expect(throws: PolicyError.self) {
            _ = try Policy.parse(Array("profile: clutser\n".utf8), file: "p", origin: .named, knownRules: [])
        }
    }
}
