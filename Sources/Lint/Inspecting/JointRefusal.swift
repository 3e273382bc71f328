import DomainXML

/// The hosts that refuse a guest for the same reasons, which make one finding.
struct JointRefusal {
    var verdicts: [HostVerdict]
    /// The places of the hosts in the start check.
    var indices: [Int]
    var reasons: String
    var isCertain: Bool
    var doubt: String?
    var place: ByteRange

    /// `host hv01`, `hosts hv01, hv02`.
    var hosts: String { (verdicts.count == 1 ? "host " : "hosts ") + verdicts.map(\.host).joined(separator: ", ") }
}
