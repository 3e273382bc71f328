/// A verdict without the name of the host.
struct Judgement: Sendable, Equatable {
    var answer: HostVerdict.Answer
    var isCertain: Bool
    var reasons: [HostVerdict.Reason] = []

    static func starts(isCertain: Bool) -> Judgement { Judgement(answer: .starts, isCertain: isCertain) }
    static func refuses(_ reason: HostVerdict.Reason..., isCertain: Bool) -> Judgement {
        Judgement(answer: .refuses, isCertain: isCertain, reasons: reason)
    }
    static func unknown(_ why: String) -> Judgement {
        Judgement(answer: .unknown, isCertain: false, reasons: [.notJudged(why)])
    }
}

extension Judgement {
    init(_ verdict: HostVerdict) {
        self.init(answer: verdict.answer, isCertain: verdict.isCertain, reasons: verdict.reasons)
    }

    /// As `HostVerdict.isForArchitecture`.
    var isForArchitecture: Bool {
        guard answer == .refuses, case .incompatible(.architecture)? = reasons.first else { return false }
        return true
    }

    /// As `HostVerdict.features`.
    var features: [String] {
        var names: [String] = []
        for reason in reasons {
            switch reason {
            case .incompatible(.missingFeatures(let features)), .incompatible(.forbiddenFeatures(let features)),
                .blockers(let features, _):
                names += features.filter { !names.contains($0) }
            default: continue
            }
        }
        return names
    }
}
