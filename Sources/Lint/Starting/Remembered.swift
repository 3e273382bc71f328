import Synchronization

/// Answers that several threads find once and keep. If there are too many, all are forgotten, so that memory stays
/// limited.
final class Remembered<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
    private let answers = Mutex<[Question: Answer]>([:])
    private let most: Int

    /// - Parameter most: the most answers that are kept.
    init(most: Int = 1 << 12) { self.most = most }

    /// The answer that is kept for a question, or else the one that `work` finds now. Two threads can find the same
    /// answer at the same time.
    func answer(to question: Question, _ work: () -> Answer) -> Answer {
        if let known = answers.withLock({ $0[question] }) { return known }
        let answer = work()
        answers.withLock { answers in
            if answers.count >= most { answers.removeAll(keepingCapacity: true) }
            answers[question] = answer
        }
        return answer
    }
}
