import Testing

@testable import Lint

@Suite("Settings of rules")
struct RuleSettingsTests {
    @Test("Severities and settings are ordered, and each word names its setting") func words() {
        #expect([Severity.error, .note, .warning].sorted() == [.note, .warning, .error])
        #expect(Severity.allCases == Severity.allCases.sorted())
        #expect(RuleSetting.words.allSatisfy { RuleSetting($0)?.description == $0 })
        #expect(RuleSetting.words.compactMap { RuleSetting($0) } == [.at(.error), .at(.warning), .at(.note), .off])
        #expect(RuleSetting.off < .at(.note) && RuleSetting.at(.warning) < .at(.error))
        #expect(["no", "false", "Off", "", "info"].allSatisfy { RuleSetting($0) == nil })
    }

    @Test("A policy and a guest entry can set rules by tag") func tags() throws {
        let policy = try parse(
            """
            rules:
              tag:windows: error
              "tag:hosts": off
              check-none: note
            guests:
              - match: {name: lab}
                rules: {tag:windows: off}
            """)
        #expect(policy.rules == [.tag(.windows): .at(.error), .tag(.hosts): .off, "check-none": .at(.note)])
        #expect(policy.guests[0].rules == [.tag(.windows): .off])
    }

    @Test("Every tag can be set", arguments: RuleTag.allCases) func everyTag(tag: RuleTag) throws {
        #expect(try parse("rules: {tag:\(tag.rawValue): note}").rules == [.tag(tag): .at(.note)])
        #expect(try RuleSelector("\(RuleSelector.tag(tag))", knownRules: []) == .tag(tag))
    }

    @Test("The setting of the rule itself comes before those of its tags, whatever their order and strictness")
    func ownSetting() throws {
        for text in ["{tag:windows: error, check-none: note}", "{check-none: note, tag:windows: error}"] {
            let rules = try parse("rules: \(text)").rules
            #expect(rules.setting(forRule: "check-none", tags: [.windows]) == .at(.note))
            #expect(rules.setting(forRule: "unknown-model", tags: [.windows]) == .at(.error))
            #expect(rules.setting(forRule: "unknown-model", tags: [.hosts]) == nil)
        }
    }

    @Test("Of the settings of several tags, the strictest applies", arguments: [
        ("off", "note", "note"), ("note", "off", "note"), ("warning", "note", "warning"), ("warning", "error", "error"),
        ("off", "off", "off"),
    ])
    func strictest(windows: String, migration: String, result: String) throws {
        let rules = try parse("rules: {tag:windows: \(windows), tag:migration: \(migration)}").rules
        #expect(rules.setting(forRule: "r", tags: [.windows, .migration, .habits])?.description == result)
    }

    @Test("Keys that are neither a rule nor a tag are refused", arguments: [
        ("tag:window", "unknown tag 'window' (did you mean 'windows'?)"),
        ("tag:Windows", "unknown tag 'Windows' (did you mean 'windows'?)"),
        ("tag:host-passthrough", "unknown tag 'host-passthrough'"),
        ("tag:", "unknown tag ''"),
        ("windows", "unknown rule 'windows' (did you mean 'tag:windows'?)"),
        ("tags:windows", "unknown rule 'tags:windows' (did you mean 'tag:windows'?)"),
        ("Tag:windows", "unknown rule 'Tag:windows' (did you mean 'tag:windows'?)"),
    ])
    func unknown(key: String, message: String) {
        #expect(complaint("rules:\n  \(key): off")?.hasPrefix("p.yaml:2:3: error: \(message)") == true, "\(complaint("rules:\n  \(key): off") ?? "")")
        #expect(throws: RuleSelectorError.self) { try RuleSelector(key, knownRules: someRules) }
    }

    @Test("The message for an unknown tag lists the tags") func help() {
        #expect(
            complaint("guests: [{match: {name: a}, rules: {'tag:nope': off}}]")
                == "p.yaml:1:37: error: unknown tag 'nope'\n"
                + "    = help: use one of libvirt, hosts, windows, migration, security, habits")
        #expect(complaint("rules: {tag:hosts: wrong}")?.hasPrefix("p.yaml:1:20: error: unknown severity 'wrong'") == true)
        #expect(complaint("rules:\n  tag:hosts: off\n  tag:hosts: note") == "p.yaml:3:3: error: duplicate key 'tag:hosts' (first in line 2)")
    }
}
