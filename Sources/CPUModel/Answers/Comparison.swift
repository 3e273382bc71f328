/// How a CPU compares with a host, as `virsh cpu-compare` reports it.
public enum Comparison: Sendable, Equatable {
    /// The host has exactly what the CPU asks for.
    case identical
    /// The host has everything that the CPU asks for, and the features in `extra` besides.
    case superset(extra: FeatureSet)
    /// The CPU cannot run on the host.
    case incompatible(Incompatibility)
    /// libvirt's CPU map cannot compare CPUs of this architecture.
    case notJudged(architecture: String)
}
