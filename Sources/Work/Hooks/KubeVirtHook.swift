/// KubeVirt's sidecar hook `onDefineDomain`.
///
/// The contract is that of KubeVirt's cmd/sidecars/sidecar_shim.go: the new definition goes to stdout, and any exit
/// status but 0 stops the start. KubeVirt does not log stderr.
package enum KubeVirtHook {
    /// Prints a domain, rewritten to the policy's default.
    ///
    /// - Throws: `ExitStatus.found` for a guest with findings that count; what is wrong with the domain, policy or
    ///   host.
    package static func run(domain: String, _ settings: Settings, _ channels: Channels = .standard) throws {
        let rewriting = try HookRewriting(Array(domain.utf8), named: "--domain", settings)
        rewriting.remarks.forEach(channels.complain)
        guard rewriting.refusals.isEmpty else {
            channels.complain(HookRefusal.text("\(rewriting.guest) was not started", rewriting.refusals))
            throw ExitStatus.found
        }
        let output = OutputStream(channels.output)
        try rewriting.output.withUnsafeBytes { try output.write($0) }
        try output.flush()
    }
}
