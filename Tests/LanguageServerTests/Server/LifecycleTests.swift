import Reports
import TestSupport
import Testing
import Work

@testable import LanguageServer

@Suite("The life of a language server")
struct LifecycleTests {
    private static let uri = "file:///none/g.xml"

    private func request(_ id: JSONValue, _ method: String, _ params: JSONValue = [:]) -> [UInt8] {
        Editor.frame(["jsonrpc": "2.0", "id": id, "method": JSONValue(method), "params": params])
    }

    private func code(_ message: JSON?) -> Int? { message?["error"]?["code"]?.number }

    @Test("Before initialize, requests are refused and notifications ignored; a second initialize is refused")
    func initialize() throws {
        let editor = Editor(uninitialized: .testing())
        #expect(code(try editor.send(request(JSONValue(1), "textDocument/hover")).first) == -32002)
        try editor.open(Self.uri, Definitions.passthrough)
        #expect(editor.server.text(of: Self.uri) == nil)
        let answer = try editor.request("initialize", ["capabilities": [:]])
        #expect(answer["serverInfo"]?["name"] == .string("virt-cpu"))
        #expect(answer["capabilities"]?["positionEncoding"] == .string("utf-16"))
        #expect(answer["capabilities"]?["textDocumentSync"]?["change"] == .number(2))
        #expect(try editor.request("initialize", [:])["code"] == .number(-32600))
    }

    @Test("The first position encoding that the server knows is taken", arguments: [
        (["utf-32", "utf-16"], "utf-32"), (["x", "utf-8"], "utf-8"), (["x"], "utf-16"), ([], "utf-16"),
    ])
    func encodings(_ offered: [String], _ taken: String) throws {
        let editor = Editor(uninitialized: .testing())
        let answer = try editor.request("initialize", ["capabilities": ["general": ["positionEncodings": JSONValue(offered)]]])
        #expect(answer["capabilities"]?["positionEncoding"] == .string(taken))
    }

    @Test("Unknown requests are answered, unknown notifications are not")
    func unknown() throws {
        let editor = try Editor()
        #expect(try editor.request("textDocument/rename", [:])["code"] == .number(-32601))
        let count = editor.received.count
        try editor.notify("$/setTrace", ["value": "off"])
        #expect(editor.received.count == count)
    }

    @Test("shutdown and exit end with 0, exit alone with 1; after shutdown, requests are refused")
    func exit() throws {
        let orderly = try Editor()
        #expect(try orderly.request("shutdown", .null) == .null)
        #expect(try orderly.request("textDocument/hover", [:])["code"] == .number(-32600))
        #expect(orderly.server.exitStatus == nil)
        try orderly.notify("exit", .null)
        #expect(orderly.server.exitStatus == 0)
        let abrupt = try Editor()
        try abrupt.notify("exit", .null)
        #expect(abrupt.server.exitStatus == 1)
    }

    @Test("A request that is cancelled before its turn is answered as cancelled, and others are not")
    func cancel() throws {
        let editor = try Editor()
        let cancel = Editor.frame(["jsonrpc": "2.0", "method": "$/cancelRequest", "params": ["id": "b"]])
        let answers = try editor.send(request("a", "shutdown2") + request("b", "shutdown3") + request("c", "shutdown4") + cancel)
        #expect(answers.map { $0["id"]?.text } == ["a", "b", "c"])
        #expect(answers.map(code) == [-32601, -32800, -32601])
        // It is too late for the second.
        #expect(code(try editor.send(cancel + request("b", "shutdown5")).first) == -32601)
    }

    @Test("Malformed messages are answered with the error of JSON-RPC, and the next message is read", arguments: [
        ("Content-Length: 1\r\n\r\n{", -32700), ("Content-Length: 3\r\n\r\n\"\u{e9}", -32700), ("Content-Length: 2\r\n\r\n[]", -32600),
        ("Content-Length: 2\r\n\r\n{}", -32600), ("Content-Length: 17\r\n\r\n{\"jsonrpc\":\"2.0\"}", -32600),
        ("Content-Length: 38\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"a\"}", -32600),
        ("Content-Length: 35\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":2}", -32600), ("Content-Length: no\r\n\r\n", -32600),
        ("Content-Length: 100\r\n\r\n" + String(repeating: "[", count: 100), -32700),
    ])
    func malformed(_ bytes: String, _ number: Int) throws {
        let editor = try Editor()
        let answers = try editor.send(Array(bytes.utf8) + request("next", "x"))
        #expect(answers.map(code) == [number, -32601])
        #expect(answers.last?["id"] == .string("next"))
    }

    @Test("Requests with parameters that are missing or wrong are refused", arguments: [
        "textDocument/hover", "textDocument/completion", "textDocument/codeAction",
    ])
    func parameters(_ method: String) throws {
        let editor = try Editor()
        try editor.open(Self.uri, Definitions.passthrough)
        let document: JSONValue = ["uri": JSONValue(Self.uri)]
        for params in [.null, [:], ["textDocument": ["uri": "file:///other"]], ["textDocument": document],
            ["textDocument": document, "position": ["line": JSONValue(-1), "character": JSONValue(0)], "range": [:]],
        ] as [JSONValue] {
            #expect(try editor.request(method, params)["code"] == .number(-32602))
        }
    }

    @Test("Changes that are wrong, or of documents that are not open, change nothing and stop nothing")
    func wrongChanges() throws {
        let editor = try Editor()
        try editor.change("file:///other", version: 2, [["text": "x"]])
        try editor.open(Self.uri, "<a/>")
        for change in [.null, [:], ["text": .null], ["range": [:], "text": "x"], ["range": "x", "text": "x"]] as [JSONValue] {
            try editor.change(Self.uri, version: 2, [change])
            #expect(editor.text(of: Self.uri) == "<a/>")
        }
        try editor.notify("textDocument/didOpen", .null)
        try editor.notify("textDocument/didClose", [:])
    }

    @Test("An editor that can watch files is asked to, and its answer is ignored")
    func watching() throws {
        let editor = try Editor(capabilities: ["workspace": ["didChangeWatchedFiles": ["dynamicRegistration": .bool(true)]]])
        let registration = try #require(editor.received.last)
        #expect(registration["method"] == .string("client/registerCapability"))
        let watchers = registration["params"]?["registrations"]?.items.first?["registerOptions"]?["watchers"]?.items.map { $0["globPattern"] }
        #expect(watchers == ["**/.virt-cpu.yaml", "**/*.{yaml,yml}", "**/.virt-cpu-baseline", "**/*.xml"].map { .string($0) }, "also what extends: names")
        let answer = Editor.frame(["jsonrpc": "2.0", "id": JSONValue("virt-cpu/watch"), "result": .null])
        #expect(try editor.send(answer).isEmpty)
        #expect(try Editor().received.count == 1)
    }

    @Test("Over channels: it answers, and ends with the right status", arguments: [true, false])
    func channels(_ isOrderly: Bool) throws {
        let bytes = request(JSONValue(1), "initialize", ["capabilities": [:]]) + (isOrderly ? request(JSONValue(2), "shutdown") : [])
            + Editor.frame(["jsonrpc": "2.0", "method": "exit"])
        let input = ScratchFile(bytes), output = ScratchFile(), errors = ScratchFile()
        let channels = Channels(input: input.descriptor, output: output.descriptor, errors: errors.descriptor)
        #expect(try ServerLoop.serve(.testing(), channels) == (isOrderly ? 0 : 1))
        #expect(try Editor.messages(output.contents).count == (isOrderly ? 2 : 1))
    }

    @Test("The end of the input is an end without shutdown: status 1, after what was asked")
    func endOfInput() throws {
        let input = ScratchFile(request(JSONValue(1), "initialize", [:]) + request(JSONValue(2), "x")), output = ScratchFile()
        #expect(try ServerLoop.serve(.testing(), Channels(input: input.descriptor, output: output.descriptor, errors: output.descriptor)) == 1)
        #expect(try Editor.messages(output.contents).count == 2)
    }
}
