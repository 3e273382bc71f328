import DomainXML
import Lint
import Testing

@testable import Work

@Suite("Settings")
struct SettingsTests {
    private func error(_ change: (inout Settings) throws(SettingsError) -> Void) -> String? {
        var settings = Settings()
        do {
            try change(&settings)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("Without options: this machine's policy, text in colour on terminals, and errors count")
    func defaults() {
        let settings = Settings()
        #expect(settings.policyFile == nil && !settings.ignoresPolicies && settings.hosts == [] && !settings.ignoresLocalMachine)
        #expect(settings.cpuMap == .builtIn && settings.timeout == 30 && settings.format == .text && settings.color == .auto)
        #expect(settings.leastCounted == .error && settings.maximumDomainSize == 64 << 20 && !settings.isQuiet && !settings.judgesNewGuests)
        #expect(settings.overrides.target == nil && settings.overrides.rules.isEmpty)
    }

    @Test("A target is a keyword or a model", arguments: [
        ("keep", Target.keep), ("host-model", .hostModel), ("host-model-only", .hostModelOnly), ("baseline", .baseline), ("pin", .pin),
    ])
    func target(_ word: String, _ target: Target) throws {
        var settings = Settings()
        try settings.setTarget(word)
        #expect(settings.overrides.target == target)
        try settings.setTarget("Haswell")
        guard case .model(let model)? = settings.overrides.target else {
            Issue.record("no model")
            return
        }
        #expect(model.model == "Haswell")
    }

    @Test("A word that is no target is refused, with what was meant", arguments: [
        ("host-modle", "--default: unknown target 'host-modle' (did you mean 'host-model'?)"),
        ("max", "--default: unknown target 'max' (did you mean 'maximum'?)"),
        ("two words", "--default: 'two words' is not a CPU model name: ' ' is not allowed (names consist of letters, digits and . _ + -)"),
        ("", "--default: the CPU model name is empty"),
    ])
    func wrongTarget(_ word: String, _ message: String) {
        #expect(error { settings throws(SettingsError) in try settings.setTarget(word) } == message)
    }

    @Test("Rules and tags are set by name, and the last setting of each counts")
    func rules() throws {
        var settings = Settings()
        for entry in ["host-passthrough=error", "check-none=off", "tag:windows=warning", "host-passthrough=note"] { try settings.setRule(entry) }
        #expect(settings.overrides.rules == [.rule("host-passthrough"): .at(.note), .rule("check-none"): .off, .tag(.windows): .at(.warning)])
    }

    @Test("An entry that sets no rule is refused, with what was meant", arguments: [
        ("host-pasthrough=error", "--rule host-pasthrough=error: unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?)"),
        ("tag:windwos=error", "--rule tag:windwos=error: unknown tag 'windwos' (did you mean 'windows'?) (use one of libvirt, hosts, windows, migration, security, habits)"),
        ("host-passthrough=fatal", "--rule host-passthrough=fatal: expected ID=SEVERITY, where SEVERITY is error, warning, note or off"),
        ("host-passthrough", "--rule host-passthrough: expected ID=SEVERITY, where SEVERITY is error, warning, note or off"),
        ("host-passthrough=", "--rule host-passthrough=: expected ID=SEVERITY, where SEVERITY is error, warning, note or off"),
        ("=error", "--rule =error: expected ID=SEVERITY, where SEVERITY is error, warning, note or off"),
        ("host-passthrough=error=off", "--rule host-passthrough=error=off: expected ID=SEVERITY, where SEVERITY is error, warning, note or off"),
    ])
    func wrongRule(_ entry: String, _ message: String) {
        #expect(error { settings throws(SettingsError) in try settings.setRule(entry) } == message)
    }

    @Test("The options that decide about rewriting, as a shell takes them")
    func rewriteOptions() throws {
        var settings = Settings()
        #expect(settings.rewriteOptions == [])
        settings.policyFile = "it's.yaml"
        settings.windows = .pin
        settings.hosts = ["hosts/*.xml", "hv01.xml", "qemu+ssh://root@hv/system"]
        try settings.setTarget("host-model-only,secure=off")
        #expect(settings.rewriteOptions == [
            "--config 'it'\\''s.yaml'", "--default host-model-only,secure=off", "--windows pin", "--host 'hosts/*.xml'", "--host hv01.xml",
            "--host qemu+ssh://root@hv/system",
        ])
        #expect(settings.overrides(fixes: true).options == settings.rewriteOptions)
        settings.hosts = (1...5).map { "hv\($0).xml" }
        #expect(settings.rewriteOptions.last == "--host HOST…")
    }
}
