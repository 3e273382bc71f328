/// The values of attributes that libvirt answers with yes or no, such as `discard` of a NUMA cell.
public enum YesNo: String, Sendable, CaseIterable {
    /// Yes.
    case yes
    /// No.
    case no
}
