import Synchronization

/// Answers that several threads find once and keep. If they take too much memory, half of them are forgotten: whoever asks
/// more questions in turn than there is room for still finds some answers, which would not be so if the oldest were
/// forgotten. Copies share their answers.
struct Remembered<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
    private final class Kept {
        var answers: [Key: Answer] = [:]
        var size = 0
    }

    /// A question with its hash, which is worked out before the lock is taken: other threads would wait for it.
    private struct Key: Hashable {
        let question: Question
        private let hash: Int

        init(_ question: Question) {
            self.question = question
            hash = question.hashValue
        }

        func hash(into hasher: inout Hasher) { hasher.combine(hash) }
    }

    private let place = PlaceForAnswers()
    private let most: Int
    private let size: @Sendable (Question, Answer) -> Int

    /// - Parameters:
    ///   - most: the most that all answers together may count.
    ///   - size: what a question and its answer count. Without it, each counts 1.
    init(most: Int = 1 << 12, size: @escaping @Sendable (Question, Answer) -> Int = { _, _ in 1 }) {
        self.most = most
        self.size = size
    }

    /// The answer that is kept for a question, or else the one that `work` finds now. Two threads can find the same
    /// answer at the same time.
    func answer(to question: Question, _ work: () -> Answer) -> Answer {
        let key = Key(question)
        if let known = place.kept.withLock({ Self.kept($0)?.answers[key] }) { return known }
        let answer = work()
        let own = size(question, answer)
        place.kept.withLock { place in
            let kept = Self.kept(place) ?? Kept()
            place = kept
            if kept.size + own > most { forgetHalf(of: kept) }
            if kept.answers.updateValue(answer, forKey: key) == nil { kept.size += own }
        }
        return answer
    }

    /// What the answers count that are kept now.
    var keptSize: Int { place.kept.withLock { Self.kept($0)?.size ?? 0 } }

    /// A place belongs to one `Remembered`, which puts nothing else there.
    private static func kept(_ object: AnyObject?) -> Kept? { object as! Kept? }

    private func forgetHalf(of kept: Kept) {
        var isForgotten = false
        kept.answers = kept.answers.filter { _ in
            isForgotten.toggle()
            return !isForgotten
        }
        kept.size = kept.answers.reduce(0) { $0 + size($1.key.question, $1.value) }
    }
}

/// The place for answers. This type is not generic, and nothing is kept before the first answer: the Swift runtime takes
/// 170,000 instructions to make a dictionary's type known, and most runs ask few of the questions (2026-11-30, callgrind).
private final class PlaceForAnswers: Sendable {
    let kept = Mutex<AnyObject?>(nil)
}
