import Fuzzing
import LanguageServer
import Reports
import Work

/// What the input is, by its first byte.
private enum Use: Int {
    case stream, message, definition, policy
}

private var settings: Settings {
    var settings = Settings()
    settings.ignoresPolicies = true
    return settings
}

private func frame(_ message: JSONValue) -> [UInt8] {
    let content = Array(message.text.utf8)
    return Array("Content-Length: \(content.count)\r\n\r\n".utf8) + content
}

private func initialized(_ encoding: String) -> LanguageServer {
    let server = LanguageServer(settings)
    _ = server.answer(to: frame([
        "jsonrpc": "2.0", "id": JSONValue(0), "method": "initialize",
        "params": ["capabilities": ["general": ["positionEncodings": [JSONValue(encoding)]]]],
    ]))
    return server
}

/// The output is messages, one behind the other, and nothing else.
private func check(_ output: [UInt8]) {
    var rest = output[...]
    while !rest.isEmpty {
        guard let end = rest.firstRange(of: "\r\n\r\n".utf8), let length = Int(String(decoding: rest[..<end.lowerBound].dropFirst(16), as: UTF8.self)) else {
            broken("each message has a header", String(decoding: output, as: UTF8.self))
        }
        expect(rest[end.upperBound...].count >= length, "each message is whole")
        rest = rest[end.upperBound...].dropFirst(length)
    }
}

/// Opens a text, changes it, and asks about a place in it.
private func edit(_ text: String, _ uri: JSONValue, at choice: Int, _ server: LanguageServer) {
    guard case .string(let name) = uri else { return }
    func send(_ method: String, _ params: JSONValue, id: JSONValue? = nil) {
        var message: JSONValue = ["jsonrpc": "2.0", "method": JSONValue(method), "params": params]
        if let id { message.add(["id": id]) }
        check(server.answer(to: frame(message)))
    }
    send("textDocument/didOpen", ["textDocument": ["uri": uri, "languageId": "x", "version": JSONValue(1), "text": JSONValue(text)]])
    expect(server.text(of: name) == Array(text.utf8), "the text is the editor's")
    let document: JSONValue = ["uri": uri]
    for step in 0..<3 {
        let position: JSONValue = ["line": JSONValue((choice + step) % 32), "character": JSONValue(choice * (step + 1) % 64)]
        let range: JSONValue = ["start": position, "end": ["line": JSONValue((choice + step) % 32 + step), "character": JSONValue(choice % 40)]]
        send("textDocument/hover", ["textDocument": document, "position": position], id: JSONValue(1))
        send("textDocument/completion", ["textDocument": document, "position": position], id: JSONValue(2))
        send("textDocument/codeAction", ["textDocument": document, "range": range, "context": [:]], id: JSONValue(3))
        send("textDocument/didChange", ["textDocument": document, "contentChanges": [["range": range, "text": JSONValue(step == 1 ? "\r\n<\u{1f600}" : "")]]])
    }
}

/// The input is what an editor sends, or what somebody writes in one.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    var input = Input(start, count)
    let use = Use(rawValue: input.choice() % 4)!, choice = input.choice()
    let server = initialized(["utf-16", "utf-8", "utf-32"][choice % 3])
    let bytes = input.rest
    switch use {
    case .stream:
        let other = initialized(["utf-16", "utf-8", "utf-32"][choice % 3])
        let whole = server.answer(to: bytes)
        check(whole)
        // A cancellation has an effect only if it comes before the request's turn, so that pieces can make a difference.
        if bytes.firstRange(of: "cancelRequest".utf8) == nil, bytes.firstRange(of: "didChange".utf8) == nil {
            var pieces: [UInt8] = []
            for byte in bytes { pieces += other.answer(to: [byte]) }
            expect(pieces == whole || server.exitStatus != nil, "the answers do not depend on how the stream is cut")
        }
    case .message:
        check(server.answer(to: Array("Content-Length: \(bytes.count)\r\n\r\n".utf8) + bytes))
    case .definition: edit(String(decoding: bytes, as: UTF8.self), "file:///none/a.xml", at: choice, server)
    case .policy: edit(String(decoding: bytes, as: UTF8.self), "file:///none/.virt-cpu.yaml", at: choice, server)
    }
    return 0
}
