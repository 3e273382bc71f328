/// The hosts that refuse a guest for the same reasons, which make one finding.
struct JointRefusal: Sendable {
    /// The kinds of hosts, in their order.
    var kinds: [Int]
    var judgement: Judgement
    /// The reasons, in words.
    var reasons: String
    /// Why the refusal is not certain; nil if it is.
    var doubt: String?
    /// The names of all these hosts, in their order.
    var hosts: [String]

    /// The refusal is that of one host.
    var isOne: Bool { hosts.count == 1 }

    /// `host hv01 would not start the guest: it lacks …`.
    var message: String {
        let reasons = judgement.reasons.map { $0.words(isOne: isOne) }.joined(separator: "; ")
        return "\(hostNames(hosts)) \(judgement.isCertain ? "would" : "might") not start the guest: \(reasons)"
    }

    /// About the memory that it takes, in bytes. The names are those of the hosts, whose bytes are not copied.
    var size: Int { 256 + 8 * kinds.count + reasons.utf8.count + (doubt?.utf8.count ?? 0) + 16 * hosts.count }
}
