/// What becomes of guests with one ask on a kind of hosts.
package struct FleetVerdict: Sendable, Hashable {
    /// `starts` also stands for a guest that moves there.
    package typealias Answer = HostVerdict.Answer

    /// Why the answer is not `starts`.
    package struct Reason: Sendable, Hashable {
        package var code: ReasonCode
        /// The features that the guest would lack, or must not have.
        package var features: [String]
        /// The word of the definition that the host refuses.
        package var name: String?
        /// One clause.
        package var text: String
    }

    package var answer: Answer
    /// False if capabilities or domain capabilities would be needed to be certain.
    package var isCertain: Bool
    package var reasons: [Reason]

    /// The host is of another architecture than the guest.
    var isForArchitecture: Bool { answer == .refuses && reasons.first?.code == .architecture }

    static let staysAtHome = FleetVerdict(answer: .starts, isCertain: true, reasons: [])

    init(answer: Answer, isCertain: Bool, reasons: [Reason]) {
        self.answer = answer
        self.isCertain = isCertain
        self.reasons = reasons
    }

    init(_ judgement: Judgement) {
        self.init(answer: judgement.answer, isCertain: judgement.isCertain, reasons: judgement.reasons.map(Reason.init))
    }

    init(_ verdict: MoveVerdict) {
        let answer: Answer = switch verdict.answer {
        case .moves: .starts
        case .fails: .refuses
        case .unknown: .unknown
        }
        self.init(answer: answer, isCertain: verdict.isCertain, reasons: verdict.obstacles.map(Reason.init))
    }
}

extension FleetVerdict.Reason {
    init(_ reason: HostVerdict.Reason) {
        self.init(code: reason.code, features: reason.missing + reason.extra, name: reason.name, text: reason.description)
    }

    init(_ obstacle: MoveObstacle) {
        guard case .lacks(let names) = obstacle else {
            if case .other(let reason) = obstacle {
                self.init(reason)
            } else {
                self.init(code: obstacle.code, features: [], name: nil, text: obstacle.words(about: "it", isOne: true))
            }
            return
        }
        self.init(code: .missingFeatures, features: names, name: nil, text: obstacle.words(about: "it", isOne: true))
    }
}
