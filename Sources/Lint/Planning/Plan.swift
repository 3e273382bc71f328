/// What a target means for one guest.
enum Plan {
    /// The guest already has the target's CPU, or keeps its own.
    case asItIs
    /// The CPU should be rewritten.
    case rewrite(Rewriting)
    /// The target cannot be applied to the guest, for this reason. The domain stays as it is.
    case refused(target: Target, reason: String)
    /// The CPU would be rewritten, but a Windows guest keeps its CPU.
    case withheld(Rewriting, evidence: String)
    /// The CPU would be rewritten, but the definition would then have an error that it does not have now.
    case faulty(Rewriting, error: String)
    /// The CPU would be rewritten, but a running domain is never edited.
    case running

    /// What the guest would get; nil if it keeps its CPU as it is.
    var target: Target? {
        switch self {
        case .asItIs, .running: nil
        case .rewrite(let rewriting), .withheld(let rewriting, _), .faulty(let rewriting, _): rewriting.target
        case .refused(let target, _): target
        }
    }

    /// Whether a policy or an option asks for what the guest would get. Otherwise `virt-cpu filter` gives a CPU to a guest
    /// that requests none.
    ///
    /// - Parameter hasDefault: a default is stated for the guest.
    func isAskedFor(hasDefault: Bool) -> Bool { hasDefault || target == .pin }
}
