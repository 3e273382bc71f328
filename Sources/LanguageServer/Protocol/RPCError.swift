import Reports

/// An error that answers a request (JSON-RPC 2.0, "Error object"; LSP 3.17, "Base Protocol").
struct RPCError: Error, Equatable {
    /// The numbers of errors.
    enum Code: Int {
        case parseError = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case serverNotInitialized = -32002
        case requestCancelled = -32800
    }

    var code: Code
    /// One line.
    var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var json: JSONValue { ["code": JSONValue(code.rawValue), "message": JSONValue(message)] }
}
