/// `<cpu match=…>`: how the host's CPU must relate to the guest's (libvirt, docs/formatdomain.rst).
public enum CPUMatch: String, Sendable, CaseIterable {
    /// The guest also gets every other feature of the host.
    case minimum
    /// The guest gets what the definition says; the host may have more.
    case exact
    /// libvirt refuses a host that has more than the guest.
    case strict
}
