import Glibc
import Reports
import TestSupport
import Testing
import Work

@testable import LanguageServer

@Suite("Documents, policies and hosts of a workspace")
struct WorkspaceTests {
    private let directory = TemporaryDirectory()

    private func uri(_ name: String) -> String { "file://\(directory.path)/\(name)" }

    private func editor() throws -> Editor { try Editor(.testing { $0.ignoresPolicies = false }) }

    private func codes(_ editor: Editor, _ name: String) -> [String]? { editor.diagnostics(uri(name)).map { $0.map(\.code) } }

    @Test("The policy beside the file applies, its comments suppress, and closing removes the diagnostics")
    func policy() throws {
        directory.write(".virt-cpu.yaml", "rules: {host-passthrough: error}\n")
        let editor = try editor()
        try editor.open(uri("a.xml"), Definitions.passthrough)
        let diagnostic = try #require(editor.diagnostics(uri("a.xml"))?.first)
        #expect((diagnostic.code, diagnostic.severity) == ("host-passthrough", 1))
        #expect(diagnostic.start == DocumentPosition(line: 3, character: 2) && diagnostic.end == DocumentPosition(line: 3, character: 32))
        try editor.open(uri("b.xml"), Definitions.guest("<!-- virt-cpu: ignore host-passthrough - lab --><cpu mode='host-passthrough'/>"))
        #expect(codes(editor, "b.xml") == [])
        try editor.notify("textDocument/didClose", ["textDocument": ["uri": JSONValue(uri("a.xml"))]])
        #expect(codes(editor, "a.xml") == [])
        #expect(editor.server.text(of: uri("a.xml")) == nil)
    }

    @Test("Several changes that wait are judged once")
    func coalescing() throws {
        let editor = try editor()
        try editor.open(uri("a.xml"), Definitions.hostModel)
        func change(_ version: Int, _ text: String) -> [UInt8] {
            Editor.frame([
                "jsonrpc": "2.0", "method": "textDocument/didChange",
                "params": ["textDocument": ["uri": JSONValue(uri("a.xml")), "version": JSONValue(version)], "contentChanges": [["text": JSONValue(text)]]],
            ])
        }
        let messages = try editor.send(change(2, "<") + change(3, Definitions.hostModel) + change(4, Definitions.passthrough))
        #expect(messages.map { $0["params"]?["version"] } == [.number(4)])
    }

    @Test("A policy that changes on the disk is read again: with a notification, or at the next change", arguments: [true, false])
    func policyChanges(_ isTold: Bool) throws {
        let editor = try editor()
        try editor.open(uri("a.xml"), Definitions.passthrough)
        #expect(codes(editor, "a.xml") == ["host-passthrough"])
        directory.write(".virt-cpu.yaml", "rules: {host-passthrough: off}\n")
        if isTold {
            try editor.notify("workspace/didChangeWatchedFiles", ["changes": []])
        } else {
            try editor.open(uri("b.xml"), Definitions.hostModel)
        }
        #expect(codes(editor, "a.xml") == [])
    }

    @Test("A host's file that changes or appears is read again")
    func hostChanges() throws {
        directory.write(".virt-cpu.yaml", "hosts: [hosts/*.xml]\n")
        let capabilities = String(decoding: Definitions.example("hosts/hv01.capabilities.xml"), as: UTF8.self)
        directory.write("hosts/hv01.xml", capabilities)
        let editor = try editor()
        let epyc = Definitions.guest("<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC</model></cpu>")
        let skylake = epyc.replacing("EPYC", with: "Nehalem")
        try editor.open(uri("a.xml"), epyc)
        #expect(codes(editor, "a.xml")?.contains("host-incompatible") == true)
        try editor.open(uri("c.xml"), skylake)
        #expect(codes(editor, "c.xml")?.contains("host-incompatible") == false)
        directory.write("hosts/hv02.xml", "<capabilities><host><cpu><arch>x86_64</arch><model>486</model><vendor>Intel</vendor></cpu></host></capabilities>")
        try editor.change(uri("a.xml"), version: 2, [["text": JSONValue(epyc + " ")]])
        #expect(codes(editor, "c.xml")?.contains("host-incompatible") == true)
    }

    @Test("A broken policy is one diagnostic at its place, and what lies below it says that it is not judged")
    func brokenPolicy() throws {
        let text = "default: keep\nrules:\n  host-pasthrough: off\n"
        directory.write(".virt-cpu.yaml", text)
        let editor = try editor()
        try editor.open(uri(".virt-cpu.yaml"), text, language: "yaml")
        let diagnostics = try #require(editor.diagnostics(uri(".virt-cpu.yaml")))
        #expect(diagnostics.map(\.description) == ["2:2-2:17 1 not-judged"])
        #expect(diagnostics[0].message == "unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?)")
        try editor.open(uri("a.xml"), Definitions.passthrough)
        #expect(editor.diagnostics(uri("a.xml"))?.map(\.message) == [
            "not judged: \(directory.path)/.virt-cpu.yaml:3:3: unknown rule 'host-pasthrough' (did you mean 'host-passthrough'?)",
        ])
        try editor.change(uri(".virt-cpu.yaml"), version: 2, [["text": "default: keep\n"]])
        #expect(codes(editor, ".virt-cpu.yaml") == [])
        // The definition is judged by the file, and so anew when it is saved.
        #expect(codes(editor, "a.xml") == ["not-judged"])
        directory.write(".virt-cpu.yaml", "default: keep\n")
        try editor.notify("textDocument/didSave", ["textDocument": ["uri": JSONValue(uri(".virt-cpu.yaml"))]])
        #expect(codes(editor, "a.xml") == ["host-passthrough"])
    }

    @Test("A mistake in the policy that a policy extends is marked at extends, and a change of that file is noticed")
    func extended() throws {
        directory.write("base.yaml", "rules:\n  host-pasthrough: off\n")
        let text = "default: keep\nextends: base.yaml\n"
        directory.write(".virt-cpu.yaml", text)
        let editor = try editor()
        try editor.open(uri(".virt-cpu.yaml"), text, language: "yaml")
        #expect(editor.diagnostics(uri(".virt-cpu.yaml"))?.map(\.description) == ["1:0-1:18 1 not-judged"])
        #expect(editor.diagnostics(uri(".virt-cpu.yaml"))?.first?.message.hasPrefix("\(directory.path)/base.yaml:2:3: unknown rule") == true)
        directory.write("base.yaml", "rules: {host-passthrough: error}\n")
        try editor.open(uri("a.xml"), Definitions.passthrough)
        #expect(editor.diagnostics(uri("a.xml"))?.map(\.severity) == [1])
        directory.write("base.yaml", "rules: {host-passthrough: note}\n\n")
        try editor.open(uri("b.xml"), Definitions.hostModel)
        #expect(editor.diagnostics(uri("a.xml"))?.map(\.severity) == [3])
    }

    @Test("A change of what a policy extends is noticed too with --host, where that file was broken, and where it was missing")
    func extendedOtherwise() throws {
        directory.write(".virt-cpu.yaml", "default: keep\nextends: base.yaml\n")
        let definition = Definitions.guest("<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>Nehalem</model></cpu>")
        let hv01 = "\(Corpus.repository)/Examples/hosts/hv01.capabilities.xml"
        for hosts in [[], [hv01]] {
            _ = unlink("\(directory.path)/base.yaml")
            let editor = try Editor(.testing {
                $0.ignoresPolicies = false
                $0.hosts = hosts
            })
            try editor.open(uri("a.xml"), definition)
            #expect(codes(editor, "a.xml") == ["not-judged"])
            for (version, (content, codes)) in [
                ("rules: {tag:habits: off, tag:security: off}\n", []), ("rules: {host-pasthrough: error}\n", ["not-judged"]),
                ("rules: {tag:security: off}\n\n", ["check-none"]),
            ].enumerated() {
                directory.write("base.yaml", content)
                try editor.change(uri("a.xml"), version: version + 2, [["text": JSONValue(definition)]])
                #expect(self.codes(editor, "a.xml") == codes, "\(content)")
            }
        }
    }

    @Test("A file that the policy excludes is judged, as check judges a file that is named")
    func excluded() throws {
        directory.write(".virt-cpu.yaml", "exclude: [archive/]\n")
        let editor = try editor()
        try editor.open(uri("archive/a.xml"), Definitions.passthrough)
        #expect(codes(editor, "archive/a.xml") == ["host-passthrough"])
    }

    @Test("A policy that was never saved is read, with the hosts that it names; a missing host is marked at its pattern")
    func newPolicy() throws {
        let editor = try editor()
        try editor.open(uri(".virt-cpu.yaml"), "default: keep\nhosts: [none/*.xml]\n", language: "yaml")
        #expect(editor.diagnostics(uri(".virt-cpu.yaml"))?.map(\.description) == ["1:8-1:18 1 not-judged"])
        try editor.change(uri(".virt-cpu.yaml"), version: 2, [["text": "default: Haswel\n"]])
        #expect(editor.diagnostics(uri(".virt-cpu.yaml"))?.first?.message.contains("did you mean 'Haswell'?") == true)
    }

    @Test("Malformed XML is one diagnostic at its place, behind the findings before it", arguments: [
        ("<domain type='kvm'>\n  <name>\u{1f600}</nam>\n</domain>", "1:16"), ("<domain", "0:7"), ("", "0:0"),
    ])
    func malformed(_ text: String, _ place: String) throws {
        let editor = try editor()
        try editor.open(uri("a.xml"), text)
        let diagnostics = try #require(editor.diagnostics(uri("a.xml")))
        #expect(diagnostics.map(\.code) == ["not-judged"])
        #expect(diagnostics.map { "\($0.start.line):\($0.start.character)" } == [place])
    }

    @Test("Nothing is said about other files", arguments: [
        ("net.xml", "<network><cpu mode='host-passthrough'/></network>", "xml"), ("pom.xml", "<project><a></project>", "xml"),
        ("vm.xml.j2", "<domain type='kvm'>{% if x %}<cpu mode='host-passthrough'>{% endif %}</domain>", "jinja-xml"),
        ("t.xml", "<domain type='kvm'><name>{{ name }}</name>{% for a in b %}<x>{% endfor %}</domain>", "xml"),
        ("a.yaml", "rules: {nonsense: 5}", "yaml"), ("a.html", "<domain/>", "html"), ("a.txt", "text", "plaintext"),
    ])
    func others(_ name: String, _ text: String, _ language: String) throws {
        let editor = try editor()
        try editor.open(uri(name), text, language: language)
        #expect(codes(editor, name) == [])
    }

    @Test("A text that is no file is judged too, and so is one whose encoding is that of its file")
    func untitled() throws {
        let editor = try Editor()
        try editor.open("untitled:1", Definitions.passthrough)
        #expect(editor.diagnostics("untitled:1")?.map(\.code) == ["host-passthrough"])
        for encoding in ["UTF-16", "ISO-8859-1"] {
            try editor.open(uri("e.xml"), "<?xml version='1.0' encoding='\(encoding)'?>\n" + Definitions.guest("<cpu mode='host-passthrough'/>", name: "\u{e9}\u{1f600}"))
            #expect(editor.diagnostics(uri("e.xml"))?.map(\.description) == ["4:2-4:32 2 host-passthrough"])
        }
    }

    @Test("A <cpu> without a <domain> is judged, and its findings stand where it stands")
    func loneCPU() throws {
        let editor = try Editor()
        try editor.open(uri("cpu.xml"), "<!-- \u{1f600} -->\n <cpu mode='host-passthrough'/>\n")
        #expect(editor.diagnostics(uri("cpu.xml"))?.map(\.description) == ["1:1-1:31 2 host-passthrough"])
    }

    @Test("Settings that are broken are said in each document, and the server goes on")
    func brokenSettings() throws {
        let editor = try Editor(.testing { $0.hosts = ["/none/host.xml"] })
        try editor.open(uri("a.xml"), Definitions.passthrough)
        #expect(editor.diagnostics(uri("a.xml"))?.map(\.message) == ["not judged: /none/host.xml: no such file"])
        #expect(try editor.ask("textDocument/hover", uri("a.xml"), 3, 20)["contents"] != nil)
    }
}
