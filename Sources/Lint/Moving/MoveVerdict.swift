/// Whether a guest that was started on one host can move to another one, as far as the CPU decides that.
public struct MoveVerdict: Sendable, Equatable {
    /// What would happen.
    public enum Answer: Sendable, Equatable {
        /// The CPU does not keep the guest from moving.
        case moves
        /// libvirt refuses the guest, or, for a CPU that libvirt does not compare, the guest loses a part of its CPU while
        /// it runs.
        case fails
        /// Not enough is known about one of the hosts.
        case unknown
    }

    /// The answer. `isCertain` says whether it can be wrong.
    public var answer: Answer
    /// The answer cannot be wrong: the domain capabilities of both hosts for the guest's own platform are known.
    public var isCertain: Bool
    /// Why the guest cannot move, or why the answer is not known. Empty if it moves.
    public var obstacles: [MoveObstacle]

    static func moves(isCertain: Bool) -> MoveVerdict { MoveVerdict(answer: .moves, isCertain: isCertain, obstacles: []) }

    static func unknown(_ why: String) -> MoveVerdict {
        MoveVerdict(answer: .unknown, isCertain: false, obstacles: [.other(.notJudged(why))])
    }
}
