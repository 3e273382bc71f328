import Lint
import Reports
import Work

/// The documents that the editor has open, and the answers to what it asks about them.
struct Workspace {
    private let settings: Settings
    private let check: OpenFileCheck
    private var documents: [String: OpenDocument] = [:]
    var client = ClientAbilities()

    init(_ settings: Settings) {
        self.settings = settings
        check = OpenFileCheck(settings)
    }

    // MARK: Changes

    mutating func open(_ params: JSONValue) {
        guard let item = params["textDocument"], let uri = item["uri"]?.string else { return }
        let text = item["text"]?.string ?? "", path = DocumentURI.path(of: uri)
        documents[uri] = OpenDocument(
            uri: uri, path: path,
            kind: DocumentKind(path: path, language: item["languageId"]?.string ?? "", text: text, policy: settings.policyFile),
            text: TextDocument(text, client.encoding), version: item["version"]?.integer)
    }

    mutating func change(_ params: JSONValue) {
        guard let item = params["textDocument"], let uri = item["uri"]?.string, var document = documents[uri] else { return }
        // One copy of the text.
        documents[uri] = nil
        for change in params["contentChanges"]?.elements ?? [] {
            guard let text = change["text"]?.string else { continue }
            if let range = document.text.range(change["range"]) {
                document.text.replace(range, with: text)
            } else if change["range"] == nil {
                document.text = TextDocument(text, client.encoding)
            }
        }
        document.version = item["version"]?.integer ?? document.version
        document.report = nil
        document.isUnpublished = true
        documents[uri] = document
    }

    /// A saved policy changes what is to say about all documents.
    mutating func save(_ params: JSONValue) {
        guard let uri = params["textDocument"]?["uri"]?.string, let document = documents[uri] else { return }
        if document.kind == .policy {
            judgeAnew()
        } else {
            documents[uri]?.report = nil
            documents[uri]?.isUnpublished = true
        }
    }

    /// - Returns: the notification that removes the document's diagnostics.
    mutating func close(_ params: JSONValue) -> JSONValue? {
        guard let uri = params["textDocument"]?["uri"]?.string, documents.removeValue(forKey: uri) != nil else { return nil }
        return Self.publication(uri, nil, [])
    }

    /// Forgets what is known of policies and hosts, and judges all documents again.
    mutating func judgeAnew() {
        check.forget()
        for uri in documents.keys {
            documents[uri]?.report = nil
            documents[uri]?.isUnpublished = true
        }
    }

    /// Judges the documents whose diagnostics were not sent.
    ///
    /// - Returns: the notifications, in the order of the URIs.
    mutating func publications() -> [JSONValue] {
        guard documents.values.contains(where: \.isUnpublished) else { return [] }
        if check.refresh() { judgeAnew() }
        return documents.keys.sorted().compactMap { uri in
            guard documents[uri]!.isUnpublished else { return nil }
            documents[uri]!.judge(with: check)
            documents[uri]!.isUnpublished = false
            let document = documents[uri]!
            return Self.publication(uri, document.version, Diagnostics.all(of: document))
        }
    }

    private static func publication(_ uri: String, _ version: Int?, _ diagnostics: [JSONValue]) -> JSONValue {
        var params: JSONValue = ["uri": JSONValue(uri)]
        if let version { params.add(["version": JSONValue(version)]) }
        params.add(["diagnostics": .array(diagnostics)])
        return ["jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": params]
    }

    // MARK: Questions

    mutating func codeActions(_ params: JSONValue) throws(RPCError) -> JSONValue {
        let uri = try document(params).uri
        documents[uri]!.judge(with: check)
        let document = documents[uri]!
        guard let range = document.text.range(params["range"]) else { throw RPCError(.invalidParams, "the range is missing") }
        let kinds = params["context"]?["only"]?.elements?.compactMap(\.string)
        return .array(
            CodeActions(check: check, statesVersions: client.takesVersionedChanges).all(for: document, in: range, only: kinds))
    }

    func hover(_ params: JSONValue) throws(RPCError) -> JSONValue {
        let document = try document(params)
        return Hover(names: names(for: document)).answer(at: try offset(params, document), in: document) ?? .null
    }

    func completion(_ params: JSONValue) throws(RPCError) -> JSONValue {
        let document = try document(params)
        return Completion(names: names(for: document)).answer(at: try offset(params, document), in: document)
    }

    /// The names that the policy of a document and its hosts know. With a broken policy, those of the CPU map.
    private func names(for document: OpenDocument) -> NameDescription { NameDescription(try? check.judge(for: document.path)) }

    private func document(_ params: JSONValue) throws(RPCError) -> OpenDocument {
        guard let uri = params["textDocument"]?["uri"]?.string else { throw RPCError(.invalidParams, "the document is missing") }
        guard let document = documents[uri] else { throw RPCError(.invalidParams, "the document is not open: \(uri)") }
        return document
    }

    private func offset(_ params: JSONValue, _ document: OpenDocument) throws(RPCError) -> Int {
        guard let position = DocumentPosition(params["position"]) else { throw RPCError(.invalidParams, "the position is missing") }
        return document.text.offset(of: position)
    }

    /// The text of an open document; nil for another.
    func text(of uri: String) -> [UInt8]? { documents[uri]?.text.bytes }
}
