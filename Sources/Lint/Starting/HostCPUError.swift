/// Why nothing can be derived from the CPUs of hosts.
struct HostCPUError: Error, CustomStringConvertible {
    /// The reason, in one line.
    var description: String

    init(_ reason: String) { description = reason }
}
