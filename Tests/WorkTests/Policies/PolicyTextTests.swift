import Lint
import SystemPackage
import TestSupport
import Testing

@testable import Work

@Suite("Showing the policy that applies")
struct PolicyTextTests {
    private func shown(_ path: String, _ settings: Settings = .discovering(), in directory: TemporaryDirectory) -> String {
        var request = CheckRequest()
        request.paths = [FilePath("\(directory.path)/\(path)")]
        let outcome = outcome { try request.showPolicy(settings, $0) }.without(directory)
        #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
        return outcome.text
    }

    private func written() -> TemporaryDirectory {
        let directory = TemporaryDirectory()
        directory.makeDirectory(".git")
        directory.write("hosts/hv01.capabilities.xml", String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self))
        directory.write("base.yaml", """
            hosts:
              - {files: 'hosts/*.xml', libvirt: "9.0"}
            rules:
              check-none: error
              tag:windows: note
            guests:
              - match: {name: "b: #\\"*", path: 'x/**'}
                rules: {host-passthrough: off, check-none: note}
            """)
        directory.write("vms/.virt-cpu.yaml", """
            # The policy of a team.
            extends: ../base.yaml
            profile: cluster
            default: {model: Haswell, features: {pcid: require}}
            exclude: [old/, "*.tmp.xml"]
            clusters: {east: [hv01]}
            guests:
              - match: {name: "a*"}
                default: keep
                hosts: [east]
            """)
        directory.write("vms/a.xml", "")
        return directory
    }

    @Test("Each value has its place")
    func places() {
        #expect(shown("vms/a.xml", in: written()) == """
            # The policy for vms/a.xml: that of vms/.virt-cpu.yaml.
            hosts:
              - {files: "../hosts/*.xml", libvirt: "9.0"}  # extends: ../base.yaml:2
            clusters:
              east: [hv01]  # vms/.virt-cpu.yaml:6
            default: {model: Haswell, features: {pcid: require}}  # vms/.virt-cpu.yaml:4
            windows: keep  # default
            migration: true  # profile: cluster, vms/.virt-cpu.yaml:3
            # libvirt: found out for each host, or else the newest  # default
            exclude:
              - old/  # vms/.virt-cpu.yaml:5
              - "*.tmp.xml"  # vms/.virt-cpu.yaml:5
            include: []  # default
            # Rules that are not listed keep the severities that `virt-cpu explain` prints.  # default
            rules:
              check-none: error  # extends: ../base.yaml:4
              "tag:windows": note  # extends: ../base.yaml:5
            guests:
              - match: {name: "a*"}  # vms/.virt-cpu.yaml:8
                default: keep  # vms/.virt-cpu.yaml:9
                hosts: [east]  # vms/.virt-cpu.yaml:10
              - match: {name: "b: #\\"*", path: "x/**"}  # extends: ../base.yaml:7
                rules: {host-passthrough: off, check-none: note}  # extends: ../base.yaml:8

            """)
    }

    @Test("The profile of an extended policy has the place where that policy states it")
    func inheritedProfile() {
        let directory = TemporaryDirectory()
        directory.write("base.yaml", "hosts: []\nprofile: workstation\n")
        directory.write(".virt-cpu.yaml", "extends: base.yaml\n")
        directory.write("a.xml", "")
        #expect(shown("a.xml", in: directory).contains("\nmigration: false  # profile: workstation, extends: base.yaml:2\n"))
    }

    @Test("It can be used as a policy, and means the same", arguments: [
        [], ["host-passthrough=error"], ["tag:windows=off", "windows-sockets=error"], ["tag:migration=note", "tag:habits=warning"],
    ])
    func roundTrip(_ options: [String]) throws {
        let directory = written()
        var settings = Settings.discovering()
        for option in options { try settings.setRule(option) }
        directory.write("vms/again.yaml", shown("vms/a.xml", settings, in: directory))
        var found = try PolicyLookup(.discovering(), purpose: .check)
        let first = try found.policy(for: .file(FilePath("\(directory.path)/vms/a.xml"))).policy
        var named = try PolicyLookup(.discovering { $0.policyFile = "\(directory.path)/vms/again.yaml" }, purpose: .check)
        let again = try named.policy(forDirectory: ".")
        let second = again.policy
        #expect(again.hosts.map(\.name) == ["hv01"] && again.hosts[0].libvirt.map { "\($0)" }?.hasPrefix("9.0") ?? false)
        #expect(second.default == first.default && second.windows == first.windows && second.migration == first.migration)
        #expect(second.exclude == first.exclude && second.guests.count == first.guests.count)
        // What every rule is at for a guest of no entry, and for one of each.
        for rule in Rule.all {
            let forced = settings.overrides(fixes: true).rules.setting(forRule: rule.id, tags: rule.tags)
            #expect(second.rules.setting(forRule: rule.id, tags: rule.tags) == forced ?? first.rules.setting(forRule: rule.id, tags: rule.tags), "\(rule.id)")
            for (entry, other) in zip(first.guests, second.guests) {
                #expect(entry.match == other.match && entry.default == other.default && entry.hosts?.map(\.word) == other.hosts?.map(\.word))
                let before = forced ?? entry.rules.setting(forRule: rule.id, tags: rule.tags) ?? first.rules.setting(forRule: rule.id, tags: rule.tags)
                let after = other.rules.setting(forRule: rule.id, tags: rule.tags) ?? second.rules.setting(forRule: rule.id, tags: rule.tags)
                #expect(before == after, "\(rule.id)")
            }
        }
    }

    @Test("Options come first, and the path decides which policy it is")
    func options() throws {
        let directory = written()
        let settings = Settings.discovering("host-model") {
            $0.libvirt = .init("10.0")
            $0.hosts = ["\(directory.path)/hosts/hv01.capabilities.xml"]
        }
        let text = shown("vms/a.xml", settings, in: directory)
        #expect(text.contains("\ndefault: host-model  # --default\n"))
        #expect(text.contains("\nlibvirt: \"10.0.0\"  # --libvirt\n") || text.contains("\nlibvirt: \"10.0\"  # --libvirt\n"), "\(text)")
        #expect(text.contains("  # --host\n"))
        #expect(!text.contains("default: keep"), "--default overrides the entries of guests")
        let none = shown("hosts", in: directory)
        #expect(none.hasPrefix("# The policy for hosts: virt-cpu's own, because no policy file was found.\nhosts: []  # default\n"), "\(none)")
        var several = CheckRequest()
        several.paths = ["a.xml", "b.xml"]
        #expect(outcome { try several.showPolicy(.discovering(), $0) }.errors.hasPrefix("virt-cpu: error: --show-policy: "))
    }
}
