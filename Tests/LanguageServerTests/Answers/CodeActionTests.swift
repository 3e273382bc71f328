import Reports
import TestSupport
import Testing
import Work

@testable import LanguageServer

@Suite("Changes that an editor offers")
struct CodeActionTests {
    private let directory = TemporaryDirectory()
    private var uri: String { "file://\(directory.path)/a.xml" }

    private func actions(_ editor: Editor, from start: (Int, Int), to end: (Int, Int), only: [String]? = nil) throws -> [JSON] {
        var context: JSONValue = ["diagnostics": []]
        if let only { context.add(["only": JSONValue(only)]) }
        return try editor.request("textDocument/codeAction", [
            "textDocument": ["uri": JSONValue(uri)], "context": context,
            "range": [
                "start": ["line": JSONValue(start.0), "character": JSONValue(start.1)], "end": ["line": JSONValue(end.0), "character": JSONValue(end.1)],
            ],
        ]).items
    }

    private func titles(_ actions: [JSON]) -> [String] { actions.compactMap { $0["title"]?.text } }

    /// The text after an action.
    private func applied(_ action: JSON?, to text: String) throws -> String {
        let changes = try #require(action?["edit"]?["changes"]?[uri] ?? action?["edit"]?["documentChanges"]?.items.first?["edits"])
        var client = ClientText(text)
        let edits = changes.items.map { edit in
            (client.index(of: DocumentPosition(edit["range"]?["start"]))..<client.index(of: DocumentPosition(edit["range"]?["end"])), edit["newText"]?.text ?? "")
        }
        for (range, new) in edits.sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) { client.replace(range, with: new) }
        return client.text
    }

    @Test("A fix removes what it is about, and nothing else")
    func fix() throws {
        let editor = try Editor()
        try editor.open(uri, Definitions.fixable)
        let offered = try actions(editor, from: (6, 5), to: (6, 5), only: ["quickfix"])
        #expect(titles(offered) == ["Fix: remove the duplicate", "Ignore duplicate-feature here"])
        #expect(offered[0]["isPreferred"] == .bool(true) && offered[0]["diagnostics"]?.items.first?["code"] == .string("duplicate-feature"))
        #expect(try applied(offered.first, to: Definitions.fixable)
            == Definitions.fixable.replacing("\t\t<feature policy=\"require\" name=\"sse4.2\"/>\r\n", with: "", maxReplacements: 1))
    }

    @Test("Elsewhere, and for other kinds, there is nothing")
    func elsewhere() throws {
        let editor = try Editor()
        try editor.open(uri, Definitions.fixable)
        #expect(titles(try actions(editor, from: (1, 0), to: (1, 3), only: ["quickfix"])) == [])
        #expect(titles(try actions(editor, from: (0, 0), to: (99, 0), only: ["refactor", "source.organizeImports"])) == [])
    }

    @Test("Fix all makes of the text what check --fix makes of the file", arguments: [["source.fixAll"], ["source"], nil])
    func fixAll(_ only: [String]?) throws {
        directory.write("a.xml", Definitions.fixable)
        let editor = try Editor()
        try editor.open(uri, Definitions.fixable)
        let action = try actions(editor, from: (0, 0), to: (0, 0), only: only).first { $0["title"] == .string("Fix all in this file") }
        let text = try applied(action, to: Definitions.fixable)
        #expect(Program(["check", "--fix", "--no-config", "\(directory.path)/a.xml"]).run().status == 0)
        #expect(directory.text("a.xml") != Definitions.fixable)
        #expect(text == directory.text("a.xml"))
    }

    @Test("Ignoring writes the comment, after which the rule finds nothing in this domain")
    func ignore() throws {
        let text = Definitions.passthrough + "\u{1f600}".replacing("\u{1f600}", with: "") + Definitions.guest("<cpu mode='host-passthrough'/>", name: "second")
        let editor = try Editor()
        try editor.open(uri, text)
        let offered = try actions(editor, from: (8, 4), to: (8, 4))
        #expect(titles(offered) == ["Ignore host-passthrough here"])
        let new = try applied(offered.first, to: text)
        #expect(new == text.replacing("second</name>\n  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n  ", with: "second</name>\n  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n  <!-- virt-cpu: ignore host-passthrough - TODO: say why -->\n  "))
        try editor.change(uri, version: 2, [["text": JSONValue(new)]])
        #expect(editor.diagnostics(uri)?.map(\.start.line) == [3])
    }

    @Test("Columns of edits are those of UTF-16, and an editor that takes them gets versions")
    func versions() throws {
        let text = Definitions.fixable.replacing("\t\t<feature policy=\"require\" name=\"sse4.2\"/>\r\n\t\t<feature policy=\"require\" name=\"sse4.2\"/>", with: "<!--\u{1f600}--><feature policy=\"require\" name=\"sse4.2\"/><!--\u{1f600}--><feature policy=\"require\" name=\"sse4.2\"/>")
        let editor = try Editor(capabilities: ["workspace": ["workspaceEdit": ["documentChanges": .bool(true)]]])
        try editor.open(uri, text)
        let offered = try actions(editor, from: (5, 0), to: (5, 90), only: ["quickfix"])
        #expect(offered.first?["edit"]?["documentChanges"]?.items.first?["textDocument"]?["version"] == .number(1))
        #expect(try applied(offered.first, to: text) == text.replacing("--><feature policy=\"require\" name=\"sse4.2\"/>\r\n", with: "-->\r\n"))
    }

    @Test("A guest that runs gets no changes, and a policy neither")
    func none() throws {
        let editor = try Editor()
        try editor.open(uri, "<domstatus>\(Definitions.passthrough)</domstatus>")
        #expect(titles(try actions(editor, from: (0, 0), to: (99, 0))) == [])
        try editor.open("file://\(directory.path)/.virt-cpu.yaml", "x", language: "yaml")
        let answer = try editor.request("textDocument/codeAction", [
            "textDocument": ["uri": JSONValue("file://\(directory.path)/.virt-cpu.yaml")],
            "range": ["start": ["line": JSONValue(0), "character": JSONValue(0)], "end": ["line": JSONValue(0), "character": JSONValue(1)]],
        ])
        #expect(answer == .array([]))
    }
}
