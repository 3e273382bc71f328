import Reports

/// A message of the client.
enum IncomingMessage: Equatable {
    /// The id is a number or a string.
    case request(id: JSONValue, method: String, params: JSONValue)
    case notification(method: String, params: JSONValue)
    /// The answer to a request of the server.
    case response
    /// A message that is none of these, and the id to answer with: null if it is not known.
    case invalid(id: JSONValue, RPCError)

    init(_ frame: FrameReader.Frame) {
        switch frame {
        case .malformed(let error): self = .invalid(id: .null, error)
        case .content(let bytes):
            do {
                self.init(try JSONReader.value(of: bytes))
            } catch {
                self = .invalid(id: .null, RPCError(.parseError, error == .notUTF8 ? "the message is \(error)" : "\(error)"))
            }
        }
    }

    private init(_ json: JSONValue) {
        guard case .object(let members) = json, json["jsonrpc"] == .string("2.0") else {
            self = .invalid(id: .null, RPCError(.invalidRequest, "a message must be an object with \"jsonrpc\": \"2.0\""))
            return
        }
        let params = json["params"] ?? .null
        guard let id = members.first(where: { $0.name == "id" })?.value else {
            let method = json["method"]?.string
            self = method.map { .notification(method: $0, params: params) }
                ?? .invalid(id: .null, RPCError(.invalidRequest, "a message without a method"))
            return
        }
        guard id.string != nil || id.integer != nil else {
            self = json["method"] == nil
                ? .response : .invalid(id: .null, RPCError(.invalidRequest, "the id of a request must be a number or a string"))
            return
        }
        guard let method = json["method"] else {
            self = .response
            return
        }
        self = method.string.map { .request(id: id, method: $0, params: params) }
            ?? .invalid(id: id, RPCError(.invalidRequest, "the method must be a string"))
    }
}
