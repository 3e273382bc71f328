import Lint
import Testing

/// The findings about a policy that takes the place of another.
func weakerFindings(
    before: String, _ after: String, hosts: (old: [String], new: [String]) = ([], []), directories: (old: String, new: String) = ("", ""),
    _ overrides: Overrides = Overrides()
) throws -> [Finding] {
    func effective(_ text: String, _ hosts: [String], _ directory: String) throws -> EffectivePolicy {
        let document = try PolicyDocument(Array(text.utf8), file: "p.yaml")
        return EffectivePolicy(
            try Policy.parse([document], origin: .discovered, knownRules: Rule.ids), [document], hosts: hosts, directory: directory)
    }
    return PolicyJudge.findings(
        from: try effective(before, hosts.old, directories.old), to: try effective(after, hosts.new, directories.new), overrides: overrides
    ).map(\.finding)
}

@Suite("policy-loosened")
struct PolicyLoosenedTests {
    private func texts(_ findings: [Finding]) -> [String] {
        findings.map { "\($0.start.line):\($0.start.column) \($0.message.replacing("the policy is weaker than before", with: ""))" }
    }

    private static let strict = "rules: {host-passthrough: error}\n"

    @Test("What is weaker, and where", arguments: [
        ("rules: {host-passthrough: error}", "rules: {host-passthrough: note}", ["1:9 : rule host-passthrough: error → note"]),
        ("rules: {host-passthrough: error}", "", ["1:1 : rule host-passthrough: error → warning"]),
        ("", "rules: {host-passthrough: note}", ["1:9 : rule host-passthrough: warning → note"]),
        ("profile: cluster", "profile: workstation", [
            "1:1 : migration: guests no longer have to be able to migrate",
        ]),
        ("default: host-model-only", "default: host-model", ["1:1 : default: host-model-only → host-model"]),
        ("default: host-model-only", "default: host-model-only,secure=off", ["1:1 : default: host-model-only → host-model-only,secure=off"]),
        ("default: host-model", "default: maximum", ["1:1 : default: host-model → maximum"]),
        ("default: Haswell", "default: keep", ["1:1 : default: Haswell → keep"]),
        ("default: Haswell", "", ["1:1 : default: Haswell → not stated"]),
        ("windows: pin", "windows: pin-anyway", ["1:1 : windows: pin → pin-anyway"]),
        ("windows: keep", "windows: rewrite", ["1:1 : windows: keep → rewrite"]),
        ("migration: true", "migration: false", ["1:1 : migration: guests no longer have to be able to migrate"]),
        // What silences host-passthrough.
        ("", "migration: false", ["1:1 : migration: guests stay on their host now, so host-passthrough is not reported"]),
        ("", "default: host-passthrough", ["1:1 : default: not stated → host-passthrough"]),
        ("default: keep", "default: maximum", ["1:1 : default: keep → maximum"]),
        ("libvirt: '9.0'", "libvirt: '11.3'", ["1:1 : libvirt: 9.0.0 → 11.3.0"]),
        ("", "libvirt: '12.9'", ["1:1 : libvirt: not stated → 12.9.0"]),
        ("exclude: [z, '*.old', '!a.old']", "exclude: ['!a.old', '*.old']", ["1:1 : exclude: another order of patterns can leave out more definitions"]),
        ("include: ['!x.a', '*.a']", "include: ['*.a', '!x.a']", ["1:1 : include: with another order of patterns, fewer definitions can be checked"]),
        ("guests: [{match: {path: lab/db.xml}, rules: {host-passthrough: error}}]",
         "guests: [{match: {path: lab/}}, {match: {path: lab/db.xml}, rules: {host-passthrough: error}}]",
         ["1:10  for some guests (path: lab/): rule host-passthrough: error → warning"]),
        ("exclude: ['*.old.xml', '!a.old.xml']", "exclude: ['*.old.xml']", ["1:1 : exclude: leaves out more definitions (no !a.old.xml)"]),
        ("exclude: ['*.old.xml', '!a.old.xml']", "exclude: ['!a.old.xml', '*.old.xml']", ["1:1 : exclude: another order of patterns can leave out more definitions"]),
        ("include: ['*.a', '*.b']", "include: ['*.b', '!x.b']", ["1:1 : include: fewer definitions are checked (no *.a, !x.b)"]),
        ("guests: []", "guests: [{match: {name: a}, rules: {host-passthrough: off}}]", ["1:10  for some guests (name: a): rule host-passthrough: warning → off"]),
        ("guests: [{match: {name: a}, os: windows}]", "guests: [{match: {name: a}, os: other}]", ["1:10  for some guests (name: a): os: windows → other"]),
        // An exception goes, and the rest of the policy is weaker than it was.
        ("guests: [{match: {name: a}, rules: {host-passthrough: error}}]", "", ["1:1 : rule host-passthrough: error → warning"]),
        // An entry before a stricter one takes guests from it.
        ("guests: [{match: {name: 'db-1*'}, windows: keep, rules: {host-passthrough: error}}]",
         "guests: [{match: {name: 'db-*'}}, {match: {name: 'db-1*'}, windows: keep, rules: {host-passthrough: error}}]",
         ["1:10  for some guests (name: db-*): rule host-passthrough: error → warning"]),
    ] as [(String, String, [String])])
    func weaker(_ before: String, _ after: String, _ expected: [String]) throws {
        let found = texts(try weakerFindings(before: before, after))
        #expect(Set(expected).isSubset(of: found), "\(found)")
        if !before.hasPrefix("profile") && !before.hasPrefix("default: Haswell") { #expect(found == expected) }
    }

    @Test("What is not weaker", arguments: [
        ("", ""), ("rules: {host-passthrough: error}", "rules: {tag:migration: error}"), ("default: keep", "default: Haswell"),
        ("default: Haswell", "default: EPYC"), ("windows: keep", "windows: pin"), ("windows: rewrite", "windows: keep"),
        ("exclude: [a, b]", "exclude: [b]"), ("exclude: [a, b]", "exclude: [b, a]"), ("include: ['*.a']", "include: ['*.a', '*.b']"),
        ("libvirt: '11.3'", "libvirt: '9.0'"), ("", "libvirt: '9.0'"), ("migration: false", "migration: true"),
        ("default: host-model-only\nmigration: true", "profile: cluster"),
        // Another guest than the strict entry's.
        ("guests: [{match: {name: 'db-*'}, rules: {host-passthrough: error}}]",
         "guests: [{match: {name: 'web-*'}}, {match: {name: 'db-*'}, rules: {host-passthrough: error}}]"),
        ("guests: [{match: {name: a}, windows: pin}, {match: {name: b}, windows: rewrite}]",
         "guests: [{match: {name: b}, windows: rewrite}, {match: {name: a}, windows: pin}]"),
    ])
    func notWeaker(_ before: String, _ after: String) throws {
        #expect(texts(try weakerFindings(before: before, after)) == [])
    }

    @Test("Hosts that are taken away, for all guests or for those of an entry, and clusters that are divided")
    func hosts() throws {
        let policy = "hosts: [a.xml, b.xml]\nmigration: true\n"
        #expect(texts(try weakerFindings(before: policy, policy, hosts: (["a", "b", "c"], ["a", "b"]))) == [
            "1:1 : hosts: guests no longer have to run on host c",
        ])
        let entry = policy + "guests: [{match: {name: x}, hosts: [a]}]\n"
        #expect(texts(try weakerFindings(before: policy, entry, hosts: (["a", "b"], ["a", "b"]))) == [
            "3:10  for some guests (name: x): hosts: guests no longer have to run on host b",
        ])
        let divided = policy + "clusters: {one: [a], two: [b]}\n"
        #expect(texts(try weakerFindings(before: policy, divided, hosts: (["a", "b"], ["a", "b"]))) == [
            "3:1 : clusters: guests no longer have to move between all of hosts a, b",
        ])
        #expect(try weakerFindings(before: divided, policy, hosts: (["a", "b"], ["a", "b", "c"])).isEmpty)
    }

    @Test("Patterns of another directory leave out other files, unless they are for names")
    func directories() throws {
        let policy = "exclude: [/old/]\n", names = "exclude: [old/]\ninclude: ['*.a']\n"
        #expect(try weakerFindings(before: policy, policy).isEmpty)
        #expect(try weakerFindings(before: policy, policy, directories: ("", "vms")).count == 1)
        #expect(try weakerFindings(before: names, names, directories: ("", "vms")).isEmpty)
    }

    @Test("The earlier policy states the severity, and the command line before it; what the command line sets is not weaker")
    func severity() throws {
        let weak = "rules: {host-passthrough: off, policy-loosened: off}\n"
        let found = try weakerFindings(before: "rules: {policy-loosened: error}\n", weak)
        #expect(found.count == 2 && found.allSatisfy { $0.severity == .error && $0.rule == "policy-loosened" && $0.domainName == nil })
        #expect(try weakerFindings(before: "rules: {policy-loosened: off}\n", weak).isEmpty)
        var overrides = Overrides()
        overrides.rules["host-passthrough"] = .at(.error)
        overrides.rules["policy-loosened"] = .at(.note)
        overrides.target = .keep
        overrides.windows = .keep
        let after = "rules: {host-passthrough: off}\nwindows: rewrite\nmigration: false\n"
        let others = try weakerFindings(before: "default: Haswell\nmigration: true\n", after, overrides)
        #expect(texts(others) == ["3:1 : migration: guests no longer have to be able to migrate"] && others[0].severity == .note)
    }

    @Test("Thousands of changed entries are not compared one by one, and that is said; findings are limited")
    func bounds() throws {
        let entries = (0..<2000).map { "  - match: {name: \"g\($0)\"}\n    rules: {host-passthrough: off}\n" }.joined()
        let found = try weakerFindings(before: "", "guests:\n\(entries)")
        #expect(texts(found).contains("1:1 : guests: too many entries changed to compare each with the others"))
        let some = (0..<40).map { "  - match: {name: \"g\($0)\"}\n    rules: {tag:windows: off}\n" }.joined()
        let limited = try weakerFindings(before: "", "guests:\n\(some)")
        #expect(limited.count == 100 && limited[99].notes == ["\(40 * 5 - 100) more findings of this rule are not shown"], "\(limited.count) \(limited.last?.notes ?? [])")
    }
}
