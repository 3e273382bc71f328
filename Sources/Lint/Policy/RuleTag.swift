/// A subject that several rules share. A policy can set the severity of all rules with the same tag at once.
public enum RuleTag: String, CaseIterable, Sendable {
    /// The subjects. `meaning` explains each of them. Policies write them as `tag:libvirt`, `tag:hosts` and so on.
    case libvirt, hosts, windows, migration, security, habits

    /// One line, without a full stop.
    public var meaning: String {
        switch self {
        case .libvirt: "whether libvirt accepts the definition and knows the names in it"
        case .hosts: "whether the guest can run on the hosts that it is meant for"
        case .windows: "what can make Windows ask for reactivation, or use fewer processors than it has"
        case .migration: "whether the guest can move to another host and still see the same CPU"
        case .security: "protection of the guest against attacks on the processor, and of the policy against being weakened"
        case .habits: "definitions that work, but mean something else or less than they seem to"
        }
    }
}
