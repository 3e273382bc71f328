/// Why the nearest model of hosts is far below their processor.
struct HostWeakness: Sendable, Equatable {
    /// As it is said about one host.
    var ofOne: String
    /// As it is said about several.
    var ofSeveral: String
}
