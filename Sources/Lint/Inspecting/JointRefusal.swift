import DomainXML

/// The hosts that refuse a guest for the same reasons, which make one finding.
struct JointRefusal {
    var verdicts: [HostVerdict]
    /// The places of the hosts in the start check.
    var indices: [Int]
    /// The reasons, as they are said about one host.
    var reasons: String
    var isCertain: Bool
    var doubt: String?
    var place: ByteRange

    var isOne: Bool { verdicts.count == 1 }

    /// `host hv01 would not start the guest: it lacks …`.
    var message: String {
        let reasons = verdicts[0].reasons.map { $0.words(isOne: isOne) }.joined(separator: "; ")
        return "\(hostNames(verdicts.map(\.host))) \(isCertain ? "would" : "might") not start the guest: \(reasons)"
    }
}
