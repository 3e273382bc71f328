import CPUModel
import Lint
import Reports
import TestSupport
import Testing
import Work

@testable import LanguageServer

@Suite("Completion")
struct CompletionTests {
    /// The proposals at the place that `|` marks.
    private func items(_ text: String, uri: String = "file:///none/a.xml", settings: Settings = .testing()) throws -> [JSON] {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let editor = try Editor(settings)
        try editor.open(uri, parts.joined(), language: uri.hasSuffix("xml") ? "xml" : "yaml")
        let line = parts[0].split(separator: "\n", omittingEmptySubsequences: false)
        return try editor.ask("textDocument/completion", uri, line.count - 1, line.last!.utf16.count).items
    }

    private func labels(_ text: String, uri: String = "file:///none/a.xml") throws -> [String] { try items(text, uri: uri).compactMap { $0["label"]?.text } }

    private func policy(_ text: String) throws -> [String] { try labels(text, uri: "file:///none/.virt-cpu.yaml") }

    @Test("Attributes, their values, and children of <cpu>", arguments: [
        ("<domain><cpu mode='|'/>", ["custom", "host-model", "host-passthrough", "maximum"]), ("<domain><cpu match='e|", ["minimum", "exact", "strict"]),
        ("<domain><cpu check='|", ["none", "partial", "full"]), ("<domain><cpu><model fallback='|'>", ["allow", "forbid"]),
        ("<domain><cpu><feature policy='|", ["force", "require", "optional", "disable", "forbid"]), ("<domain><cpu><cache mode='|'/>", ["emulate", "passthrough", "disable"]),
        ("<domain><cpu mode='custom' |>", ["match", "check", "migratable", "deprecated_features"]), ("<domain><cpu><feature |/>", ["policy", "name"]),
        ("<domain><cpu><|", ["model", "vendor", "topology", "feature", "cache", "maxphysaddr", "numa"]), ("<domain><|", ["cpu"]),
        ("<domain><devices><disk mode='|'/>", []), ("<domain>|", []), ("<domain><!-- | -->", []), ("<domain><cpu><vendor>|", ["Intel", "AMD", "Hygon"]),
    ])
    func words(_ text: String, _ words: [String]) throws {
        let found = try labels(text)
        #expect(text.contains("vendor") ? Set(words).isSubset(of: found) : found == words)
    }

    @Test("All models of the map, and all features")
    func names() throws {
        let map = CPUMap.builtIn
        #expect(try labels("<domain><cpu><model>|") == map.x86.models.map(\.name) + map.ppc64.models.map(\.name))
        #expect(try labels("<domain><cpu><feature name='|'/>") == map.x86.features.map(\.name))
    }

    @Test("A proposal replaces the word that is there, in UTF-16 columns")
    func range() throws {
        let item = try #require(try items("<domain><!--\u{1f600}--><cpu><model>Has|well</model></cpu>").first { $0["label"] == .string("EPYC") })
        #expect(DocumentPosition(item["textEdit"]?["range"]?["start"]) == DocumentPosition(line: 0, character: 29))
        #expect(DocumentPosition(item["textEdit"]?["range"]?["end"]) == DocumentPosition(line: 0, character: 36))
        #expect(item["textEdit"]?["newText"] == .string("EPYC"))
        #expect(item["detail"] == .string("AMD, x86-64-v3"))
    }

    @Test("Models that all hosts start come first, and others say that they do not")
    func hosts() throws {
        let host = "\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"
        let items = try items("<domain><cpu><model>|", settings: .testing { $0.hosts = [host] })
        func item(_ name: String) -> JSON? { items.first { $0["label"] == .string(name) } }
        #expect(item("Nehalem")?["detail"] == .string("Intel, x86-64-v2; all hosts start it"))
        #expect(item("EPYC")?["detail"] == .string("AMD, x86-64-v3; not every host starts it"))
        #expect(try #require(item("Nehalem")?["sortText"]?.text) < (try #require(item("EPYC")?["sortText"]?.text)))
    }

    @Test("Keys and values of a policy")
    func policyWords() throws {
        #expect(try policy("|") == PolicyKeys.policy)
        #expect(try policy("guests:\n  - match: {|}") == PolicyKeys.match)
        #expect(try policy("guests:\n  - match: {name: x}\n    |") == PolicyKeys.guest)
        #expect(try policy("rules:\n  |").prefix(Rule.ids.count) == Rule.ids[...])
        #expect(try policy("rules: {|").suffix(RuleTag.allCases.count) == RuleTag.allCases.map { "tag:\($0.rawValue)" }[...])
        #expect(try policy("rules:\n  check-none: |") == ["error", "warning", "note", "off"])
        #expect(try policy("windows: |") == ["keep", "pin", "pin-anyway", "rewrite"])
        #expect(try policy("profile: |") == Profile.allCases.map(\.rawValue))
        #expect(try policy("migration: |") == ["true", "false"])
        #expect(try policy("guests: [{os: |") == ["windows", "other"])
        let targets = try policy("default: |")
        #expect(targets.starts(with: Target.keywords) && targets.contains("Haswell"))
        #expect(try policy("default: {model: |").contains("EPYC"))
        #expect(try policy("default: {|") == ["model", "fallback", "vendor", "features"])
        #expect(try policy("default: {features: {pcid: |") == ["force", "require", "optional", "disable", "forbid"])
        #expect(try policy("default: {features: [|").contains("pcid"))
        #expect(try policy("# |") == [])
    }
}
