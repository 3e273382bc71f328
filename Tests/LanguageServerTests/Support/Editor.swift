import Reports
import TestSupport
import Testing
import Work

@testable import LanguageServer

/// An editor that speaks with a server in this process, byte for byte.
final class Editor {
    let server: LanguageServer
    /// All messages of the server so far.
    private(set) var received: [JSON] = []
    private var lastID = 0

    /// An editor that has initialized its server.
    ///
    /// - Parameter capabilities: what the editor says that it can do.
    init(_ settings: Settings = .testing(), capabilities: JSONValue = [:]) throws {
        server = LanguageServer(settings)
        _ = try request("initialize", ["processId": .null, "rootUri": .null, "capabilities": capabilities])
        try notify("initialized", [:])
    }

    /// A server that nobody has initialized.
    init(uninitialized settings: Settings) { server = LanguageServer(settings) }

    static func frame(_ message: JSONValue) -> [UInt8] {
        let content = Array(message.text.utf8)
        return Array("Content-Length: \(content.count)\r\n\r\n".utf8) + content
    }

    /// Sends bytes.
    ///
    /// - Returns: the messages that answer.
    @discardableResult
    func send(_ bytes: [UInt8]) throws -> [JSON] {
        let messages = try Self.messages(server.answer(to: bytes))
        received += messages
        return messages
    }

    static func messages(_ output: [UInt8]) throws -> [JSON] {
        var rest = output[...], messages: [JSON] = []
        while !rest.isEmpty {
            let end = try #require(rest.firstRange(of: "\r\n\r\n".utf8))
            let header = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            let length = try #require(Int(header.dropFirst("Content-Length: ".count)))
            messages.append(try JSON(String(decoding: rest[end.upperBound...].prefix(length), as: UTF8.self)))
            rest = rest[end.upperBound...].dropFirst(length)
        }
        return messages
    }

    func notify(_ method: String, _ params: JSONValue) throws {
        try send(Self.frame(["jsonrpc": "2.0", "method": JSONValue(method), "params": params]))
    }

    /// The answer to a request: its result, or its error.
    func request(_ method: String, _ params: JSONValue) throws -> JSON {
        lastID += 1
        let messages = try send(Self.frame(["jsonrpc": "2.0", "id": JSONValue(lastID), "method": JSONValue(method), "params": params]))
        let answer = try #require(messages.first { $0["id"] == .number(lastID) })
        return try #require(answer["result"] ?? answer["error"])
    }

    // MARK: Documents

    func open(_ uri: String, _ text: String, language: String = "xml") throws {
        try notify("textDocument/didOpen", [
            "textDocument": ["uri": JSONValue(uri), "languageId": JSONValue(language), "version": JSONValue(1), "text": JSONValue(text)],
        ])
    }

    func change(_ uri: String, version: Int, _ changes: [JSONValue]) throws {
        try notify("textDocument/didChange", [
            "textDocument": ["uri": JSONValue(uri), "version": JSONValue(version)], "contentChanges": .array(changes),
        ])
    }

    /// A question about a place.
    func ask(_ method: String, _ uri: String, _ line: Int, _ character: Int) throws -> JSON {
        try request(method, [
            "textDocument": ["uri": JSONValue(uri)], "position": ["line": JSONValue(line), "character": JSONValue(character)],
        ])
    }

    func text(of uri: String) -> String { String(decoding: server.text(of: uri) ?? [], as: UTF8.self) }

    /// The diagnostics that were sent last for a document; nil if none were.
    func diagnostics(_ uri: String) -> [Diagnostic]? {
        let last = received.last { $0["method"] == .string("textDocument/publishDiagnostics") && $0["params"]?["uri"] == .string(uri) }
        return last.flatMap { $0["params"]?["diagnostics"]?.items.map(Diagnostic.init) }
    }
}

/// A diagnostic as an editor gets it.
struct Diagnostic: Equatable, CustomStringConvertible {
    var code: String
    var severity: Int
    var message: String
    var start: DocumentPosition
    var end: DocumentPosition

    init(_ json: JSON) {
        code = json["code"]?.text ?? ""
        severity = json["severity"]?.number ?? 0
        message = json["message"]?.text ?? ""
        start = DocumentPosition(json["range"]?["start"])
        end = DocumentPosition(json["range"]?["end"])
    }

    init(code: String, severity: Int, message: String, start: DocumentPosition, end: DocumentPosition) {
        (self.code, self.severity, self.message, self.start, self.end) = (code, severity, message, start, end)
    }

    var description: String { "\(start.line):\(start.character)-\(end.line):\(end.character) \(severity) \(code)" }
}

extension DocumentPosition {
    init(_ json: JSON?) { self.init(line: json?["line"]?.number ?? -1, character: json?["character"]?.number ?? -1) }
}

extension JSON {
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var number: Int? {
        guard case .number(let number) = self else { return nil }
        return number
    }
}

extension Settings {
    /// Settings for which no policy file is looked for.
    static func testing(_ change: (inout Settings) -> Void = { _ in }) -> Settings {
        var settings = Settings()
        settings.ignoresPolicies = true
        change(&settings)
        return settings
    }
}
