/// Why nothing can be derived from the CPUs of hosts.
package struct HostCPUError: Error, CustomStringConvertible {
    /// The reason, in one line.
    package var description: String

    init(_ reason: String) { description = reason }
}
