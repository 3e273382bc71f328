/// Why a policy may not name a host.
struct HostRefusal: Equatable {
    /// What is wrong, in one line.
    var message: String
    /// What to do about it; nil if the message says it.
    var help: String?

    init(_ message: String, help: String? = nil) {
        self.message = message
        self.help = help
    }
}
