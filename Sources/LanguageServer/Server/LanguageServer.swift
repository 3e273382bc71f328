import Reports
import Work

/// A language server (LSP 3.17) as a machine: bytes of the editor go in, and bytes for the editor come out.
package final class LanguageServer {
    private enum State { case new, running, shutDown }

    private var frames = FrameReader()
    private var queue: [IncomingMessage] = []
    private var cancelled: [JSONValue] = []
    private var state = State.new
    private var workspace: Workspace
    private var output: [UInt8] = []
    /// How the server is to end; nil as long as it serves. 0 after `shutdown` and `exit`, and 1 after `exit` alone.
    package private(set) var exitStatus: Int32?

    /// - Parameter settings: those by which `check` would judge.
    package init(_ settings: Settings) { workspace = Workspace(settings) }

    /// The text of an open document; nil for another.
    package func text(of uri: String) -> [UInt8]? { workspace.text(of: uri) }

    // MARK: Bytes

    /// Takes bytes of the editor. Requests that are cancelled before their turn are noted.
    package func take(_ bytes: some Collection<UInt8>) {
        frames.add(bytes)
        while let frame = frames.next() {
            let message = IncomingMessage(frame)
            if case .notification("$/cancelRequest", let params) = message {
                if let id = params["id"], isQueued(id) { cancelled.append(id) }
            } else {
                queue.append(message)
            }
        }
    }

    private func isQueued(_ id: JSONValue) -> Bool {
        queue.contains { message in
            guard case .request(id, _, _) = message else { return false }
            return true
        }
    }

    /// Nothing is left to do until the editor sends more.
    package var isIdle: Bool { queue.isEmpty || exitStatus != nil }

    /// Does what the next message says. After the last one, changed documents are judged, so that a document is judged once
    /// for all changes that are waiting.
    ///
    /// - Returns: what to send.
    package func step() -> [UInt8] {
        output = []
        if !isIdle { handle(queue.removeFirst()) }
        if queue.isEmpty, state == .running { workspace.publications().forEach { send($0) } }
        return output
    }

    /// Takes bytes, and does everything that they ask for.
    package func answer(to bytes: some Collection<UInt8>) -> [UInt8] {
        take(bytes)
        var output: [UInt8] = []
        while !isIdle { output += step() }
        return output
    }

    private func send(_ message: JSONValue) {
        let content = message.text.utf8
        output += "Content-Length: \(content.count)\r\n\r\n".utf8
        output += content
    }

    private func send(_ result: Result<JSONValue, RPCError>, to id: JSONValue) {
        switch result {
        case .success(let value): send(["jsonrpc": "2.0", "id": id, "result": value])
        case .failure(let error): send(["jsonrpc": "2.0", "id": id, "error": error.json])
        }
    }

    // MARK: Messages

    private func handle(_ message: IncomingMessage) {
        switch message {
        case .request(let id, let method, let params):
            if let index = cancelled.firstIndex(of: id) {
                cancelled.remove(at: index)
                send(.failure(RPCError(.requestCancelled, "the request was cancelled")), to: id)
            } else {
                send(Result { () throws(RPCError) in try answer(method, params) }, to: id)
            }
        case .notification(let method, let params): note(method, params)
        case .response: break
        case .invalid(let id, let error): send(.failure(error), to: id)
        }
    }

    private func answer(_ method: String, _ params: JSONValue) throws(RPCError) -> JSONValue {
        switch (state, method) {
        case (.new, "initialize"):
            state = .running
            workspace.client = ClientAbilities(params)
            return workspace.client.answer
        case (.new, _): throw RPCError(.serverNotInitialized, "the first request must be 'initialize'")
        case (.running, "initialize"): throw RPCError(.invalidRequest, "the server is initialized already")
        case (.shutDown, _): throw RPCError(.invalidRequest, "the server is shut down")
        case (.running, "shutdown"):
            state = .shutDown
            return .null
        case (.running, "textDocument/codeAction"): return try workspace.codeActions(params)
        case (.running, "textDocument/hover"): return try workspace.hover(params)
        case (.running, "textDocument/completion"): return try workspace.completion(params)
        case (.running, _): throw RPCError(.methodNotFound, "unknown method \(printable(method))")
        }
    }

    private func note(_ method: String, _ params: JSONValue) {
        if method == "exit" {
            exitStatus = state == .shutDown ? 0 : 1
            return
        }
        guard state == .running else { return }
        switch method {
        case "initialized": if workspace.client.watchesFiles { watchFiles() }
        case "textDocument/didOpen": workspace.open(params)
        case "textDocument/didChange": workspace.change(params)
        case "textDocument/didSave": workspace.save(params)
        case "textDocument/didClose": workspace.close(params).map { send($0) }
        case "workspace/didChangeWatchedFiles": workspace.judgeAnew()
        default: break
        }
    }

    /// Asks to be told about changes of policies, of what they can extend, of recorded findings and of what can be hosts'
    /// files. Editors watch files in their workspace; what changes elsewhere is noticed when a document changes.
    private func watchFiles() {
        let patterns = ["**/.virt-cpu.yaml", "**/*.{yaml,yml}", "**/.virt-cpu-baseline", "**/*.xml"]
        send([
            "jsonrpc": "2.0", "id": "virt-cpu/watch", "method": "client/registerCapability",
            "params": [
                "registrations": [
                    [
                        "id": "virt-cpu/watch", "method": "workspace/didChangeWatchedFiles",
                        "registerOptions": ["watchers": .array(patterns.map { ["globPattern": JSONValue($0)] })],
                    ],
                ],
            ],
        ])
    }
}
