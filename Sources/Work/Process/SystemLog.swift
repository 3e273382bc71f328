import Glibc

/// The system log, where operators look for messages of libvirt's hooks.
package enum SystemLog {
    /// The name in the log's lines. `openlog` keeps the pointer, so that the text must never go away.
    private static let name: StaticString = "virt-cpu"

    /// Reports an error to the log, and to the error channel, which libvirt passes on only when the hook fails.
    package static func report(_ message: String, _ channels: Channels = .standard) {
        channels.complain(message)
        let daemon: Int32 = 3 << 3
        openlog(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), LOG_PID, daemon)
        message.withCString { text in
            withVaList([OpaquePointer(text)]) { vsyslog(LOG_ERR, "%s", $0) }
        }
    }
}
