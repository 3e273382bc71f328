import LibvirtWords
import Testing

@testable import Lint

@Suite("Policies")
struct PolicyTests {
    @Test("A policy with every key is read completely") func everyKey() throws {
        let policy = try Policy.parse(
            Array(
                #"""
                hosts: [hosts/*.xml]
                default: host-model-only
                windows: keep                  # keep | pin | rewrite
                migration: true                # VMs migrate between the hosts (default when there are several)
                libvirt: "9.0"                 # oldest libvirt that reads these definitions
                rules:
                  host-passthrough: error      # error | warning | note | off
                guests:                        # the first entry that matches wins; the rest of the policy applies
                  - match: {name: "db-*", os: windows, type: kvm, arch: x86_64, path: "lab/**"}
                    default: {model: Skylake-Server-IBRS, fallback: forbid, features: {pcid: require, hle: disable}}
                    rules: {host-passthrough: off}
                """#.utf8), file: "p.yaml", origin: .discovered, knownRules: someRules)

        var expected = Policy()
        expected.hosts = [HostPattern(spec: "hosts/*.xml", line: 1, column: 9)]
        expected.default = .hostModelOnly
        expected.windows = .keep
        expected.migration = true
        expected.libvirt = LibvirtVersion(major: 9)
        expected.rules = ["host-passthrough": .at(.error)]
        expected.guests = [
            GuestEntry(
                match: GuestMatch(name: "db-*", os: "windows", type: "kvm", arch: "x86_64", path: "lab/**"),
                default: .model(
                    ModelTarget(
                        model: "Skylake-Server-IBRS", fallback: .forbid,
                        features: [.init(name: "pcid", policy: .require), .init(name: "hle", policy: .disable)])),
                rules: ["host-passthrough": .off])
        ]
        #expect(policy == expected)
    }

    @Test("A policy without settings is the default policy", arguments: ["", "\n", "# only a comment\n", "---\n", "---\n...\n", "{}", "\u{FEFF}", "null"])
    func empty(text: String) throws {
        let policy = try parse(text)
        #expect(policy == Policy())
        #expect(policy.default == nil)
        #expect(policy.windows == .keep && policy.migration == nil && policy.libvirt == nil)
    }

    @Test("A key whose lines are all commented out is empty") func commentedOut() throws {
        let policy = try parse(
            """
            hosts:
              # - hosts/*.xml
            rules:
              # host-passthrough: error
            guests:
            default: {model: Westmere, features: }
            """)
        #expect(policy.hosts.isEmpty && policy.rules.isEmpty && policy.guests.isEmpty)
        #expect(policy.default == .model(ModelTarget(model: "Westmere")))
    }

    @Test("A rule can have every severity, and off") func severities() throws {
        let policy = try parse(
            "rules: {cpu-not-default: error, host-passthrough: 'warning', check-none: note, unknown-model: \"off\"}")
        #expect(
            policy.rules == [
                "cpu-not-default": .at(.error), "host-passthrough": .at(.warning), "check-none": .at(.note),
                "unknown-model": .off,
            ])
    }

    @Test("A list of features requires each of them") func features() throws {
        let policy = try parse("default:\n  model: Penryn\n  vendor: Intel\n  fallback: allow\n  features: [pcid, sse4.1]")
        #expect(
            policy.default
                == .model(
                    ModelTarget(
                        model: "Penryn", fallback: .allow, vendor: "Intel",
                        features: [.init(name: "pcid", policy: .require), .init(name: "sse4.1", policy: .require)])))
    }

    @Test("Guest entries keep their order and their own settings") func guests() throws {
        let policy = try parse(
            "guests:\n- match: {os: windows}\n  windows: pin\n- match: {name: 7}\n  default: keep\n- match: {arch: 'arm*'}")
        #expect(
            policy.guests == [
                GuestEntry(match: GuestMatch(os: "windows"), windows: .pin),
                GuestEntry(match: GuestMatch(name: "7"), default: .keep),
                GuestEntry(match: GuestMatch(arch: "arm*")),
            ])
    }

    @Test("CRLF line endings have no effect") func lineEndings() throws {
        let text = "default: keep\nrules:\n  check-none: off\n"
        #expect(try parse(text.split(separator: "\n").joined(separator: "\r\n")) == parse(text))
    }

    @Test("A libvirt version is read as it is written", arguments: [
        ("9", 9, 0, 0), ("9.0", 9, 0, 0), ("\"9.0\"", 9, 0, 0), ("10.10", 10, 10, 0), ("'10.10'", 10, 10, 0),
        ("10.1", 10, 1, 0), ("11.3.0", 11, 3, 0),
    ])
    func libvirt(text: String, major: Int, minor: Int, micro: Int) throws {
        #expect(try parse("libvirt: \(text)").libvirt == LibvirtVersion(major: major, minor: minor, micro: micro))
    }
}
