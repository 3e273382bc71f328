import Testing

@testable import Lint

/// Each kind of error in a policy: the message states what is wrong, where, and what was probably meant.
@Suite("Errors in policies")
struct PolicyErrorTests {
    /// Policies with the line and column of the error, and the message without its help.
    static let errors: [(policy: String, place: String, message: String)] = [
        // Keys
        ("defualt: keep", "1:1", "unknown key 'defualt' (did you mean 'default'?)"),
        ("default: keep\n\n  \nWindows: pin", "4:1", "unknown key 'Windows' (did you mean 'windows'?)"),
        ("{é: 1, host: []}", "1:2", "unknown key 'é'"),
        ("# é\nlibvirt: \"9.0\" # ü\nfoo: 1", "3:1", "unknown key 'foo'"),
        ("\u{FEFF}guest: []", "1:1", "unknown key 'guest' (did you mean 'guests'?)"),
        ("guests: [{match: {name: é}, colour: []}]", "1:29", "unknown key 'colour'"),
        ("guests: [{match: {nmae: x}}]", "1:19", "unknown key 'nmae' (did you mean 'name'?)"),
        ("default: {model: X, feature: [pcid]}", "1:21", "unknown key 'feature' (did you mean 'features'?)"),
        ("default: keep\ndefault: pin", "2:1", "duplicate key 'default' (first in line 1)"),
        ("rules:\n  check-none: off\n  \"check-none\": note", "3:3", "duplicate key 'check-none' (first in line 2)"),
        // Rules and severities
        (
            "rules:\n  host-passtrough: error", "2:3",
            "unknown rule 'host-passtrough' (did you mean 'host-passthrough'?)"
        ),
        ("rules: {check_none: off}", "1:9", "unknown rule 'check_none' (did you mean 'check-none'?)"),
        ("guests:\n  - match: {name: a}\n    rules: {nope: off}", "3:13", "unknown rule 'nope'"),
        ("rules:\n  check-none: err", "2:15", "unknown severity 'err' (did you mean 'error'?)"),
        ("rules: {check-none: warn}", "1:21", "unknown severity 'warn' (did you mean 'warning'?)"),
        ("rules: {check-none: Note}", "1:21", "unknown severity 'Note' (did you mean 'note'?)"),
        ("rules: {check-none: no}", "1:21", "unknown severity 'no' (did you mean 'off'?)"),
        ("rules: {check-none: false}", "1:21", "unknown severity 'false' (did you mean 'off'?)"),
        ("rules: {check-none: fatal}", "1:21", "unknown severity 'fatal'"),
        // Targets
        ("default: host_model", "1:10", "unknown target 'host_model' (did you mean 'host-model'?)"),
        ("default: HOST-MODEL-ONLY", "1:10", "unknown target 'HOST-MODEL-ONLY' (did you mean 'host-model-only'?)"),
        ("default: host-pasthrough", "1:10", "unknown target 'host-pasthrough' (did you mean 'host-passthrough'?)"),
        ("default: -foo", "1:10", "'-foo' is not a CPU model name: a name must start with a letter or digit"),
        ("default: 'Xeon Gold'", "1:10", "'Xeon Gold' is not a CPU model name: ' ' is not allowed"),
        ("default: ''", "1:10", "the CPU model name is empty"),
        ("default:", "1:9", "a target must be a word or a mapping with 'model', not nothing"),
        ("default: [keep]", "1:10", "a target must be a word or a mapping with 'model', not a list"),
        ("default: {fallback: allow}", "1:10", "a target written as a mapping must have a 'model'"),
        ("default: {model: host-model}", "1:18", "'host-model' is a target, not a CPU model"),
        (
            "guests:\n- match: {name: a}\n  default:\n    model: X\n    fallback: forbit", "5:15",
            "'fallback' cannot be 'forbit' (did you mean 'forbid'?)"
        ),
        ("default: {model: X, vendor: 'In,tel'}", "1:29", "'In,tel' is not a vendor name: ',' is not allowed"),
        ("default: {model: X, features: pcid}", "1:31", "'features' must be a mapping or a list, not a word"),
        (
            "default: {model: X, features: {pcid: requires}}", "1:38",
            "feature 'pcid' cannot be 'requires' (did you mean 'require'?)"
        ),
        ("default: {model: X, features: {pcid: }}", "1:38", "feature 'pcid' must be a word, not nothing"),
        ("default: {model: X, features: {p cid: force}}", "1:32", "'p cid' is not a feature name: ' ' is not allowed"),
        ("default: {model: X, features: [pcid, pcid]}", "1:38", "feature 'pcid' is listed twice"),
        // Other values
        ("windows: Keep", "1:10", "'windows' cannot be 'Keep' (did you mean 'keep'?)"),
        ("windows: [keep]", "1:10", "'windows' must be a word, not a list"),
        ("guests: [{match: {name: a}, windows: rewite}]", "1:38", "'windows' cannot be 'rewite' (did you mean 'rewrite'?)"),
        ("migration: yes", "1:12", "'migration' must be true or false, not 'yes' (did you mean 'true'?)"),
        ("migration: 'true'", "1:12", "'migration' must be true or false, not the string 'true' (did you mean 'true'?)"),
        ("migration: maybe", "1:12", "'migration' must be true or false, not 'maybe'"),
        ("migration: {}", "1:12", "'migration' must be true or false, not a mapping"),
        ("libvirt: 9.x", "1:10", "'9.x' is not a libvirt version (expected a number such as 9.0 or 11.3.0)"),
        ("libvirt: [9]", "1:10", "'libvirt' must be a word, not a list"),
        // Kinds
        ("- a", "1:1", "a policy must be a mapping, not a list"),
        ("just words", "1:1", "a policy must be a mapping, not a word"),
        ("hosts: hosts/*.xml", "1:8", "'hosts' must be a list, not a word"),
        ("hosts: {a: b}", "1:8", "'hosts' must be a list, not a mapping"),
        ("hosts: [[a]]", "1:9", "a host must be a word, not a list"),
        ("hosts: [a,\n  ]\nrules: [a]", "3:8", "'rules' must be a mapping, not a list"),
        ("rules: {check-none: {a: b}}", "1:21", "rule 'check-none' must be a word, not a mapping"),
        ("guests: {match: {}}", "1:9", "'guests' must be a list, not a mapping"),
        ("guests: [a]", "1:10", "an entry of 'guests' must be a mapping, not a word"),
        // Matches
        ("guests: [{default: keep}]", "1:10", "an entry of 'guests' must have a 'match'"),
        ("guests: [{match: {name: a}, hosts: hv01}]", "1:36", "'hosts' must be a list of the names of hosts, not a word"),
        ("guests: [{match: {name: a}, hosts: []}]", "1:36", "'hosts' is empty, so it names no host"),
        ("guests: [{match: {name: a}, hosts: [[hv01]]}]", "1:37", "the name of a host must be a word, not a list"),
        ("guests: [{match: {name: a}, hosts: ['']}]", "1:37", "the name of a host is empty"),
        ("guests: [{match: {name: a}, host: [hv01]}]", "1:29", "unknown key 'host' (did you mean 'hosts'?)"),
        ("cluster: {east: [hv01]}", "1:1", "unknown key 'cluster' (did you mean 'clusters'?)"),
        ("clusters: [hv01]", "1:11", "'clusters' must be a mapping, not a list"),
        ("clusters: {east: hv01}", "1:18", "cluster 'east' must be a list of the names of hosts, not a word"),
        ("clusters: {east: []}", "1:18", "cluster 'east' is empty, so it names no host"),
        ("guests: [{match: {}}]", "1:18", "'match' has no conditions"),
        ("guests: [{match: }]", "1:18", "'match' must be a mapping, not nothing"),
        ("guests: [{match: {name: [a]}}]", "1:25", "'name' must be a word, not a list"),
        ("guests: [{match: {name: ''}}]", "1:25", "'name' is empty and would match no guest"),
        ("guests: [{match: {os: Windows}}]", "1:23", "unknown os 'Windows' (did you mean 'windows'?)"),
        ("guests: [{match: {os: linux}}]", "1:23", "unknown os 'linux'"),
        ("guests: [{match: {type: kvn}}]", "1:25", "unknown type 'kvn' (did you mean 'kvm'?)"),
        ("guests: [{match: {arch: x86-64}}]", "1:25", "unknown arch 'x86-64' (did you mean 'x86_64'?)"),
    ]

    @Test("The message states what is wrong and where", arguments: errors)
    func messages(policy: String, place: String, message: String) {
        let line = complaint(policy)?.split(separator: "\n").first
        #expect(line.map(String.init) == "p.yaml:\(place): error: \(message)")
    }

    @Test("The help is on a line of its own") func help() {
        #expect(
            complaint("windows: kep")
                == "p.yaml:1:10: error: 'windows' cannot be 'kep' (did you mean 'keep'?)\n"
                + "    = help: use one of keep, pin, pin-anyway, rewrite")
    }

    @Test("Words in messages are escaped and cut") func hostileWords() {
        #expect(
            complaint(#"default: "a\e[31mb\u202Ec""#)
                == #"p.yaml:1:10: error: 'a\u{1b}[31mb\u{202e}c' is not a CPU model name: '\u{1b}' is not allowed"#
                + "\n    = help: names consist of letters, digits and . _ + -")
        let key = String(repeating: "k", count: 900)
        #expect(complaint("\(key): 1")?.hasPrefix("p.yaml:1:1: error: unknown key '\(key.prefix(64))…'\n") == true)
    }
}
