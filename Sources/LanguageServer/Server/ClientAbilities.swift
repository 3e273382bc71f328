import Reports

/// What the editor can do, by its `initialize` request.
struct ClientAbilities {
    var encoding = PositionEncoding.utf16
    /// Changes may state the version of the document that they are for.
    var takesVersionedChanges = false
    /// The server may ask to be told about changed files.
    var watchesFiles = false

    init() {}

    init(_ params: JSONValue) {
        let abilities = params["capabilities"]
        let encodings = abilities?["general"]?["positionEncodings"]?.elements ?? []
        // The first that the editor names is the one that it likes best.
        encoding = encodings.lazy.compactMap { $0.string.flatMap(PositionEncoding.init) }.first ?? .utf16
        let workspace = abilities?["workspace"]
        takesVersionedChanges = workspace?["workspaceEdit"]?["documentChanges"]?.isTrue ?? false
        watchesFiles = workspace?["didChangeWatchedFiles"]?["dynamicRegistration"]?.isTrue ?? false
    }

    /// What the server can do, for the answer to `initialize`.
    var answer: JSONValue {
        [
            "capabilities": [
                "positionEncoding": JSONValue(encoding.rawValue),
                "textDocumentSync": ["openClose": .bool(true), "change": JSONValue(2), "save": .bool(true)],
                "hoverProvider": .bool(true),
                "completionProvider": ["triggerCharacters": JSONValue(Completion.triggers)],
                "codeActionProvider": ["codeActionKinds": JSONValue([CodeActions.fix, CodeActions.fixAll])],
            ],
            "serverInfo": ["name": "virt-cpu", "version": JSONValue(Program.version)],
        ]
    }
}
