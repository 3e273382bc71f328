/// One verdict on several hosts.
public struct JointVerdict: Sendable, Equatable {
    /// The names of the hosts, in their order.
    public var hosts: [String]
    /// The verdict, in which `host` is the first of the hosts.
    public var verdict: HostVerdict

    /// - Parameter hosts: not empty.
    init(_ judgement: Judgement, hosts: [String]) {
        self.hosts = hosts
        verdict = HostVerdict(judgement, host: hosts[0])
    }

    /// A verdict on one host.
    package init(_ verdict: HostVerdict) {
        hosts = [verdict.host]
        self.verdict = verdict
    }
}

extension StartCheck {
    /// The verdicts of all hosts, each once.
    func jointVerdicts(_ answer: StartAnswer) -> [JointVerdict] {
        answer.judgements.map { judgement, kinds in JointVerdict(judgement, hosts: names(ofKinds: kinds.map { Int($0) })) }
    }

    /// The verdicts of some kinds of hosts, each once, with a further reason.
    func jointVerdicts(_ answer: StartAnswer, on wanted: [Int], adding reason: HostVerdict.Reason) -> [JointVerdict] {
        answer.judgements.compactMap { judgement, kinds in
            let kinds = kinds.map { Int($0) }.filter(wanted.contains)
            if kinds.isEmpty { return nil }
            var judgement = judgement
            judgement.reasons.append(reason)
            return JointVerdict(judgement, hosts: names(ofKinds: kinds))
        }
    }
}
