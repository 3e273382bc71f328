/// Where a policy comes from, which decides what hosts it may name.
public enum PolicyOrigin: Equatable, Sendable {
    /// Found beside the input. The input may be a stranger's repository, so the policy may name only this machine and
    /// files below its own directory.
    case discovered
    /// Named by the user with `--config`.
    case named
    /// `/etc/virt-cpu.yaml`.
    case system
}
