import Lint
import Reports
import TestSupport
import Testing
import Work

@testable import LanguageServer

@Suite("What an editor shows of a word")
struct HoverTests {
    private let host = "\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"

    /// What is shown at the place that `|` marks; nil for nothing.
    private func hover(_ text: String, uri: String = "file:///none/a.xml", settings: Settings = .testing()) throws -> String? {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let editor = try Editor(settings)
        try editor.open(uri, parts.joined(), language: uri.hasSuffix("xml") ? "xml" : "yaml")
        let line = parts[0].split(separator: "\n", omittingEmptySubsequences: false)
        return try editor.ask("textDocument/hover", uri, line.count - 1, line.last!.utf16.count)["contents"]?["value"]?.text
    }

    private func cpu(_ content: String) -> String { "<domain type='kvm'>\n<cpu mode='custom'>\(content)</cpu>\n</domain>" }

    // Haswell is an Intel model with AVX2 (psABI: x86-64-v3), and SierraForest came with libvirt 10.10 or later.
    @Test("A model: its vendor, its level, since when libvirt knows it, and which hosts start it")
    func model() throws {
        let plain = try #require(try hover(cpu("<model>Has|well</model>")))
        #expect(plain.hasPrefix("**Haswell**: CPU model of Intel, level x86-64-v3\n"))
        #expect(plain.contains("libvirt has known it since 7.0.0 or longer"))
        #expect(!plain.contains("\n- "))
        let onHost = try #require(try hover(cpu("<model>EPYC|</model>"), settings: .testing { $0.hosts = [host] }))
        #expect(onHost.contains("\n- hv01 does not start guests with it: "))
        #expect(try #require(try hover(cpu("<model>Neha|lem</model>"), settings: .testing { $0.hosts = [host] })).contains("\n- hv01 starts guests with it"))
        #expect(try #require(try hover(cpu("<model>|SierraForest</model>"))).contains("9.0.0 does not"))
        #expect(try hover(cpu("<model>Hasw|</model>")) == nil)
    }

    @Test("A feature: its bit, its level, and which hosts offer it (SDM: PCID is CPUID leaf 1, ECX bit 17)")
    func feature() throws {
        let pcid = try #require(try hover(cpu("<feature policy='require' name='pc|id'/>"), settings: .testing { $0.hosts = [host] }))
        #expect(pcid.hasPrefix("**pcid**: CPU feature, CPUID leaf 0x1, ECX bit 17\n"))
        #expect(pcid.contains("\n- hv01 offers it"))
        #expect(try #require(try hover(cpu("<feature name='svm|'/>"), settings: .testing { $0.hosts = [host] })).contains("\n- hv01 does not offer it"))
        #expect(try #require(try hover(cpu("<feature name='avx2|'/>"))).contains("Part of x86-64-v3."))
        #expect(try #require(try hover(cpu("<feature name='invtsc|'/>"))).contains("cannot migrate"))
        #expect(try #require(try hover(cpu("<feature name='|sse4.2'/>"))).contains("sse4_2"))
        #expect(try hover(cpu("<feature name='sse4_2|'/>")) == nil)
    }

    @Test("The words of attributes", arguments: [
        ("<cpu mode='host-pass|through'/>", "host-passthrough"), ("<cpu match='str|ict'/>", "strict"), ("<cpu check='full|'/>", "full"),
        ("<cpu><model fallback='for|bid'/></cpu>", "forbid"), ("<cpu><feature policy='opti|onal'/></cpu>", "optional"), ("<cpu><cache mode='emu|late'/></cpu>", "emulate"),
    ])
    func words(_ text: String, _ word: String) throws {
        #expect(try #require(try hover("<domain>\(text)</domain>")).hasPrefix("**\(word)**: "))
    }

    @Test("Outside a guest's <cpu> there is nothing", arguments: [
        "<domain><devices><disk><driver mode='cust|om'/></disk></devices></domain>", "<domain><metadata><cpu><model>Haswell|</model></cpu></metadata></domain>",
        "<capabilities><host><cpu><model>Haswell|</model></cpu></host></capabilities>", "<domain type='kv|m'/>", "<domain><name>Haswe|ll</name></domain>",
    ])
    func outside(_ text: String) throws { #expect(try hover(text) == nil) }

    @Test("A rule in a suppression comment: what explain says")
    func comment() throws {
        let page = RulePage(try #require(Rule.named("host-passthrough"))).markdown
        #expect(try hover("<domain><!-- virt-cpu: ignore host-pass|through - lab --></domain>") == page)
        #expect(try hover("<domain><!-- virt-cpu: igno|re host-passthrough - lab --></domain>") == nil)
    }

    @Test("In a policy: rules, tags, targets, models, features and words", arguments: [
        ("rules:\n  host-pass|through: off", "## host-passthrough"), ("rules: {tag:wind|ows: error}", "**tag:windows**: "), ("default: host-model-o|nly", "**host-model-only**: "),
        ("default: x86-64-v|3", "**x86-64-v3**: "), ("default: Has|well", "**Haswell**: CPU model"), ("default: {model: EP|YC, features: {pcid: require}}", "**EPYC**: CPU model"),
        ("default: {model: EPYC, features: {pc|id: require}}", "**pcid**: CPU feature"), ("default: {model: EPYC, features: [pci|d]}", "**pcid**: CPU feature"),
        ("default: {model: EPYC, features: {pcid: req|uire}}", "**require**: "), ("default: {model: EPYC, fallback: for|bid}", "**forbid**: "),
    ])
    func policy(_ text: String, _ beginning: String) throws {
        #expect(try #require(try hover(text, uri: "file:///none/.virt-cpu.yaml")).hasPrefix(beginning))
    }

    @Test("The range is that of the word, in UTF-16 columns")
    func range() throws {
        let editor = try Editor()
        try editor.open("file:///none/a.xml", "<domain><!--\u{1f600}--><cpu><model>Haswell</model></cpu></domain>")
        let answer = try editor.ask("textDocument/hover", "file:///none/a.xml", 0, 30)
        #expect(DocumentPosition(answer["range"]?["start"]) == DocumentPosition(line: 0, character: 29))
        #expect(DocumentPosition(answer["range"]?["end"]) == DocumentPosition(line: 0, character: 36))
    }
}
