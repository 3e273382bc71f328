import Work

/// Serves an editor over the input and output channels.
package enum ServerLoop {
    /// How often more is read before the first message is answered.
    private static let mostReads = 64

    /// Serves until the editor sends `exit` or closes the input.
    ///
    /// - Returns: the exit status: 0 after `shutdown` and `exit`, else 1 (LSP 3.17, "Exit Notification").
    /// - Throws: `IOFailure` where a channel cannot be read or written.
    package static func serve(_ settings: Settings, _ channels: Channels = .standard) throws -> Int32 {
        let server = LanguageServer(settings)
        let input = StandardInput(channels), output = OutputStream(channels.output)
        while true {
            // Everything that has come is taken first: it may cancel a request that waits.
            var reads = 0
            repeat {
                let bytes = try [UInt8](unsafeUninitializedCapacity: StandardInput.chunk) { space, count in
                    count = try input.read(into: UnsafeMutableRawBufferPointer(space))
                }
                if bytes.isEmpty { return try end(server, output) }
                server.take(bytes)
                reads += 1
            } while reads < mostReads && input.isReadable
            repeat {
                try server.step().withUnsafeBytes { try output.write($0) }
                try output.flush()
            } while !server.isIdle && !input.isReadable
            if let status = server.exitStatus { return status }
        }
    }

    /// Does what is left after the end of the input.
    private static func end(_ server: LanguageServer, _ output: OutputStream) throws -> Int32 {
        while !server.isIdle { try server.step().withUnsafeBytes { try output.write($0) } }
        try output.flush()
        return server.exitStatus ?? 1
    }
}
